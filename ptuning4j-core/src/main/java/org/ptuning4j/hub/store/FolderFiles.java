package org.ptuning4j.hub.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The files of a folder: how much of the disk they take, and their deletion. */
public final class FolderFiles {

  private FolderFiles() {}

  /**
   * The bytes of all files in a folder; 0 if there is none. Links count where they are followed.
   */
  public static long bytes(Path folder, FileVisitOption... options) {
    try (Stream<Path> files = Files.walk(folder, options)) {
      return files.mapToLong(file -> size(file, options)).sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  private static long size(Path file, FileVisitOption... options) {
    try {
      boolean counts = options.length > 0 || !Files.isSymbolicLink(file);
      return counts && Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0; // Deleted meanwhile.
    }
  }

  /** Deletes a folder and what is in it, never what links in it point to. */
  public static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
