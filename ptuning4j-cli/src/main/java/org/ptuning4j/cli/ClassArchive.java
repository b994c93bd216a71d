package org.ptuning4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Does once what short commands do, so that the launcher can have Java archive the classes that
 * they load: a pack is trained on four rows, and predicts. Its output is of no interest.
 */
public final class ClassArchive {

  private static final String MODEL = "bert-mini";

  private ClassArchive() {}

  /** See the class. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("ptune-classes");
    int code;
    try {
      code = run(folder);
    } finally {
      delete(folder);
    }
    System.exit(code);
  }

  /** Trains and predicts in a folder; the exit code of the last command. */
  static int run(Path folder) throws IOException {
    Path data = folder.resolve("rows.jsonl");
    Files.writeString(
        data,
        """
        {"text": "good", "label": "yes"}
        {"text": "fine", "label": "yes"}
        {"text": "bad", "label": "no"}
        {"text": "poor", "label": "no"}
        """,
        StandardCharsets.UTF_8);
    Path run = folder.resolve("run");
    List<String> training =
        List.of(
            "train",
            "--model",
            MODEL,
            "--train",
            data.toString(),
            "--dev",
            data.toString(),
            "--text",
            "text",
            "--label",
            "label",
            "--epochs",
            "1",
            "--out",
            run.toString());
    int trained = Main.run(training.toArray(String[]::new));
    return trained == 0
        ? Main.run("predict", "--model", MODEL, "--pack", run.resolve("pack").toString(), "a text")
        : trained;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
