package org.ptuning4j.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.maven.MavenCommand;

class ModelsTest {

  @TempDir Path cache;

  private Models models() {
    return new Models(
        List.of(EmbeddedModel.bertMini()),
        cache,
        () -> {
          throw new AssertionError("the hub is not asked");
        },
        () -> new MavenCommand(Map.of(), true),
        DownloadListener.SILENT);
  }

  private List<String> inCache() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void theEmbeddedModelIsUnpackedOnce() throws IOException {
    Path folder = models().folder("bert-mini");
    assertThat(folder).hasParent(cache);
    assertThat(folder.getFileName().toString()).matches("bert-mini-[0-9a-f]{12}");
    assertThat(folder.resolve("MODEL_CARD.md")).content().contains("pretrained for this project");
    assertThat(folder.resolve("model.safetensors")).hasSize(10_933_920);
    Path mark = Files.writeString(folder.resolve("mark"), "", StandardCharsets.UTF_8);
    assertThat(models().folder("bert-mini")).isEqualTo(folder);
    assertThat(mark).exists();
    assertThat(inCache()).hasSize(1);
  }

  @Test
  void aDamagedCopyIsReplaced() throws IOException {
    Path folder = models().folder("bert-mini");
    Files.writeString(folder.resolve("vocab.txt"), "cut", StandardCharsets.UTF_8);
    assertThat(models().folder("bert-mini")).isEqualTo(folder);
    assertThat(folder.resolve("vocab.txt")).hasSize(50_503);
    assertThat(inCache()).hasSize(1);
  }

  @Test
  void manyMayUnpackAtOnce() throws IOException, InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<Path>> folders = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        folders.add(threads.submit(() -> models().folder("bert-mini")));
      }
      for (Future<Path> folder : folders) {
        assertThat(folder.get().resolve("config.json")).exists();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(inCache()).hasSize(1);
  }

  @Test
  void aFolderIsTakenAsItIs() throws IOException {
    Path folder = Files.createDirectory(cache.resolve("mine"));
    assertThat(models().folder(folder.toString())).isEqualTo(folder);
  }

  @Test
  void ofFilesWithOneNameOneIsRemoved() throws IOException {
    for (String content : List.of("0123456789abcdef", "fedcba9876543210")) {
      Path folder = Files.createDirectories(cache.resolve("converted/onnx--m--" + content));
      Files.writeString(
          folder.resolve("origin.json"),
          "{\"name\": \"onnx:m.onnx\", \"sha256\": \"" + content + "\"}",
          StandardCharsets.UTF_8);
    }
    assertThatThrownBy(() -> models().remove("onnx:m.onnx"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("onnx:m.onnx@0123456789ab")
        .hasMessageContaining("onnx:m.onnx@fedcba987654");
    assertThat(models().remove("onnx:m.onnx@0123456789ab")).isPositive();
    assertThat(cache.resolve("converted/onnx--m--0123456789abcdef")).doesNotExist();
    assertThat(models().remove("onnx:m.onnx")).isPositive();
    assertThat(cache.resolve("converted/onnx--m--fedcba9876543210")).doesNotExist();
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    assertThatThrownBy(() -> models().folder("bert-maxi"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'bert-maxi'")
        .hasMessageContaining("bert-mini")
        .hasMessageContaining("config.json");
    Path file = Files.writeString(cache.resolve("file"), "", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> models().folder(file.toString())).hasMessageContaining("is a file");
    Path graph = Files.writeString(cache.resolve("m.onnx"), "", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> models().folder(graph.toString()))
        .hasMessageContaining("onnx:" + graph);
    assertThatThrownBy(() -> models().folder("onnx:" + cache.resolve("none.onnx")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none.onnx");
    assertThatThrownBy(() -> models().folder("minilm"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no mvn");
    assertThatThrownBy(() -> models().folder("owner/name"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("the hub is not asked");
    assertThatThrownBy(() -> models().folder(" ")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> models().folder("a\0b")).isInstanceOf(InvalidInputException.class);
  }
}
