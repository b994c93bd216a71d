package org.ptuning4j.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * Makes sure that a run's folder is its own. A run writes files of fixed names and replaces whole
 * packs: among the files that it reads, or over them, it might destroy what it is made from.
 */
public final class OutFolder {

  private OutFolder() {}

  /**
   * Requires a folder that holds nothing of what a run reads.
   *
   * @param out the run's folder, which need not exist
   * @param model the model's folder
   * @param data the data files; what is no file on disk, such as standard input, is left out
   * @throws InvalidInputException if {@code out} is a file, the model's folder, or holds a file of
   *     data; the message names both
   */
  public static void requireOwn(Path out, Path model, List<Path> data) {
    Path folder = real(out);
    List<Path> files = data.stream().filter(Files::exists).toList();
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      boolean read = files.stream().anyMatch(file -> real(file).equals(folder));
      throw InvalidInputException.of(
          "out: %s is a file%s; name a folder for the run's files",
          out, read ? ", which the run reads" : "");
    }
    if (holds(folder, real(model)) || real(model).equals(folder)) {
      throw InvalidInputException.of(
          "out: %s is the folder of the model that the run reads; choose another folder", out);
    }
    for (Path file : files) {
      if (folder.equals(real(file).getParent()) || holds(folder, real(file))) {
        throw InvalidInputException.of(
            "out: %s holds %s, which the run reads and might overwrite; choose a folder of its own,"
                + " such as %s",
            out, file.getFileName(), out.resolve("run"));
      }
    }
  }

  /** Whether something lies where a run puts its packs, which are replaced as a whole. */
  private static boolean holds(Path folder, Path read) {
    return read.startsWith(folder.resolve("pack")) || read.startsWith(folder.resolve("packs"));
  }

  /** The path without links, as far as it exists. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      Path parent = absolute.getParent();
      return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
    }
  }
}
