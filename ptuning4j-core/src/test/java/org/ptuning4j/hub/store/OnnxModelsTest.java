package org.ptuning4j.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.ModelOrigin;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.onnx.TinyGraph;

class OnnxModelsTest {

  @TempDir Path folder;

  private OnnxModels models() {
    return new OnnxModels(new FolderStore(folder.resolve("store"), DownloadListener.SILENT));
  }

  @Test
  void aFileIsConvertedOnceForEachContent() throws IOException {
    Path file = Files.write(folder.resolve("my model.onnx"), TinyGraph.bert().build());
    assertThatThrownBy(() -> models().folder(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no tokenizer")
        .hasMessageContaining("my model-tokenizer.json");
    Files.writeString(
        folder.resolve("tokenizer.json"), TinyGraph.tokenizer(), StandardCharsets.UTF_8);
    Path made = models().folder(file);
    assertThat(ModelOrigin.of(made).orElseThrow())
        .matches("onnx:my model\\.onnx \\(sha256 [0-9a-f]{12}\\)");
    Files.delete(made.resolve("config.json"));
    assertThat(models().folder(file)).isEqualTo(made);
    assertThat(made.resolve("config.json")).doesNotExist();
    Files.delete(made.resolve("origin.json")); // now it is no whole model
    assertThat(models().folder(file).resolve("config.json")).exists();
    Path inside = Files.createDirectories(folder.resolve("onnx"));
    Path moved = Files.copy(file, inside.resolve("model.onnx"));
    assertThat(models().folder(moved)).exists().isNotEqualTo(made);
  }

  @Test
  void anotherTokenizerOrOtherWeightsBesideMakeAnotherModel() throws IOException {
    Path file =
        Files.write(folder.resolve("model.onnx"), TinyGraph.withWordsIn("words.data", folder));
    Path tokenizer =
        Files.writeString(
            folder.resolve("tokenizer.json"), TinyGraph.tokenizer(), StandardCharsets.UTF_8);
    Path made = models().folder(file);
    assertThat(models().folder(file)).isEqualTo(made);
    Files.writeString(tokenizer, TinyGraph.tokenizer() + " ", StandardCharsets.UTF_8);
    Path retold = models().folder(file);
    assertThat(retold).isNotEqualTo(made);
    assertThat(retold.resolve("tokenizer.json")).hasSameTextualContentAs(tokenizer);
    Path words = folder.resolve("words.data");
    byte[] bytes = Files.readAllBytes(words);
    bytes[1]++;
    Files.write(words, bytes);
    Path trained = models().folder(file);
    assertThat(trained).isNotIn(made, retold);
    assertThat(ModelOrigin.of(trained)).isNotEqualTo(ModelOrigin.of(retold));
    assertThat(Files.readAllBytes(trained.resolve("model.safetensors")))
        .isNotEqualTo(Files.readAllBytes(retold.resolve("model.safetensors")));
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> models().folder(folder.resolve("none.onnx")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none.onnx");
  }
}
