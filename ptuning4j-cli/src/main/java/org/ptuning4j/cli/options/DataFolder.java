package org.ptuning4j.cli.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * A folder with the data of several tasks, laid out as SuperGLUE and its kin are published: a
 * folder for each task, with its training file and its development file.
 *
 * @param path where it is
 * @param files how files are named on the command line instead, with NAME for the task's
 */
public record DataFolder(Path path, String files) {

  /** What development files are called, as regular expressions, the first that is there wins. */
  private static final List<String> DEV =
      List.of("(val|validation)\\..*", "dev\\..*", "dev32\\..*", ".*[-_.]dev[-_.].*", ".*dev.*");

  private static final List<String> TRAIN =
      List.of("train\\..*", ".*[-_.]train[-_.].*", ".*train.*");

  private static final String ENDINGS = ".*\\.(jsonl|json|csv|tsv|txt|conll|gz)";

  /**
   * The folder of a task: upper and lower case, {@code -} and {@code _} do not matter.
   *
   * @throws InvalidInputException listing the folders that there are
   */
  public Path task(String name) {
    if (!Files.isDirectory(path)) {
      throw InvalidInputException.of("data: %s does not exist or is no folder", path);
    }
    List<Path> folders = listed(path).stream().filter(Files::isDirectory).toList();
    return folders.stream()
        .filter(folder -> plain(folder.getFileName().toString()).equals(plain(name)))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "data: %s has no folder for task '%s' (looked for that name in upper or lower"
                        + " case, with or without - and _); there are: %s. Or name the files: %s",
                    path, name, names(folders), files.replace("NAME", name)));
  }

  /** What a task's model is trained on. */
  public Path train(String name) {
    return file(task(name), TRAIN, "train.*");
  }

  /** What decides which epoch is the best. */
  public Path dev(String name) {
    return file(task(name), DEV, "val.*, validation.*, dev.*, dev32.*, *dev*");
  }

  private Path file(Path folder, List<String> patterns, String shown) {
    List<Path> files =
        listed(folder).stream()
            .filter(Files::isRegularFile)
            .filter(file -> lower(file).matches(ENDINGS))
            .toList();
    for (String pattern : patterns) {
      List<Path> fitting = files.stream().filter(file -> lower(file).matches(pattern)).toList();
      if (fitting.size() > 1) {
        throw InvalidInputException.of(
            "data: %s has several files for one purpose: %s; name the right one: %s",
            folder, names(fitting), files);
      }
      if (!fitting.isEmpty()) {
        return fitting.get(0);
      }
    }
    throw InvalidInputException.of(
        "data: %s has no file %s (of .jsonl, .json, .csv, .tsv, .txt, .conll, each also .gz); there"
            + " are: %s",
        folder, shown, names(listed(folder)));
  }

  private static String lower(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
  }

  private static String names(List<Path> files) {
    return files.isEmpty()
        ? "none"
        : files.stream()
            .map(file -> file.getFileName().toString())
            .collect(Collectors.joining(", "));
  }

  private static List<Path> listed(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new InvalidInputException(
          "data: " + folder + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
