package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What a folder takes of the disk, and how it gives it back. */
final class FolderSize {

  private FolderSize() {}

  /** The bytes of all files in a folder; 0 if there is none. */
  static long of(Path folder, FileVisitOption... options) {
    try (Stream<Path> files = Files.walk(folder, options)) {
      return files.mapToLong(file -> size(file, options)).sum();
    } catch (IOException | java.io.UncheckedIOException e) {
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
  static void delete(Path folder) throws IOException {
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
