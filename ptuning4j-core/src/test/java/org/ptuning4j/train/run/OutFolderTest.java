package org.ptuning4j.train.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

/** A run's folder is not that of what it reads. */
class OutFolderTest {

  @TempDir Path temp;
  private Path model;
  private Path train;

  @BeforeEach
  void write() throws IOException {
    model = Files.createDirectories(temp.resolve("model"));
    train = Files.createDirectories(temp.resolve("data")).resolve("train.jsonl");
    Files.writeString(train, "{}\n", StandardCharsets.UTF_8);
  }

  private void refused(Path out, String... said) {
    assertThatThrownBy(() -> OutFolder.requireOwn(out, model, List.of(train)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("out: ")
        .hasMessageContainingAll(said);
  }

  @Test
  void foldersOfItsOwn() {
    for (String out : List.of("runs/first", "data/run", "data2", "model-run", "data/pack2")) {
      assertThatCode(() -> OutFolder.requireOwn(temp.resolve(out), model, List.of(train)))
          .as(out)
          .doesNotThrowAnyException();
    }
    Path nowhere = Path.of("standard input");
    assertThatCode(() -> OutFolder.requireOwn(Path.of(""), model, List.of(nowhere)))
        .as("no file on disk")
        .doesNotThrowAnyException();
  }

  @Test
  void theDataItself() {
    refused(train, "train.jsonl", "which the run reads");
    refused(temp.resolve("data"), "holds train.jsonl", "data/run");
    refused(temp.resolve("data").resolve("..").resolve("data"), "holds train.jsonl");
  }

  @Test
  void theDataThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("data"));
    refused(link, "holds train.jsonl");
    Path file = Files.createSymbolicLink(temp.resolve("linked.jsonl"), train);
    assertThatThrownBy(() -> OutFolder.requireOwn(temp.resolve("data"), model, List.of(file)))
        .hasMessageContaining("linked.jsonl");
  }

  /** A pack is replaced as a whole: what lies in it would be gone. */
  @Test
  void dataWhereThePackGoes() throws IOException {
    Path inside = Files.createDirectories(temp.resolve("run").resolve("pack")).resolve("dev.tsv");
    Files.writeString(inside, "a\n", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> OutFolder.requireOwn(temp.resolve("run"), model, List.of(inside)))
        .hasMessageContaining("dev.tsv");
  }

  @Test
  void theModelAndOtherFiles() throws IOException {
    refused(model, "model");
    Path other = temp.resolve("notes.txt");
    Files.writeString(other, "a\n", StandardCharsets.UTF_8);
    refused(other, "is a file; name a folder");
  }
}
