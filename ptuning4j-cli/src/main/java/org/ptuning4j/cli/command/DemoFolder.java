package org.ptuning4j.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/** The folder of a demo. It is marked, so that a later demo may replace it and nothing else. */
final class DemoFolder {

  private static final String MARK = ".ptune-demo";
  private static final String DEFAULT = "ptune-demo";

  private DemoFolder() {}

  /**
   * Makes an empty folder for a demo, replacing one of an earlier demo.
   *
   * @param wanted where; {@code null} for {@code ptune-demo} in the working directory, or a
   *     temporary folder if that cannot be written
   * @throws InvalidInputException if the folder is there and no demo has made it, or it cannot be
   *     made where it is wanted
   */
  static Path prepare(Path wanted) {
    Path folder = wanted == null ? Path.of(DEFAULT) : wanted;
    try {
      return make(folder);
    } catch (IOException e) {
      if (wanted != null) {
        throw new InvalidInputException(
            "out: " + folder + " cannot be written to (" + FailureReason.of(e) + ")", e);
      }
      return temporary();
    }
  }

  private static Path make(Path folder) throws IOException {
    if (Files.exists(folder)) {
      if (!Files.isDirectory(folder) || !(isEmpty(folder) || Files.exists(folder.resolve(MARK)))) {
        throw InvalidInputException.of(
            "out: %s is there already, and not from a demo; name another folder with --out",
            folder.toAbsolutePath());
      }
      clear(folder);
    }
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(MARK),
        "`ptune demo` made this folder and may replace it.\n",
        StandardCharsets.UTF_8);
    return folder;
  }

  private static Path temporary() {
    try {
      return make(Files.createTempDirectory(DEFAULT));
    } catch (IOException e) {
      throw new UncheckedIOException("no folder can be made for the demo; name one with --out", e);
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /** The mark goes last: what a broken-off clearing leaves is still a demo's. */
  private static void clear(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      List<Path> deepestFirst =
          tree.filter(path -> !path.equals(folder) && !path.equals(folder.resolve(MARK)))
              .sorted(Comparator.reverseOrder())
              .toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    }
  }
}
