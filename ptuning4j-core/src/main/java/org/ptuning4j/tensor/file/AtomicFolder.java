package org.ptuning4j.tensor.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * Writes a folder of files whole or not at all: under a temporary name beside its place, which it
 * takes in one step. A killed process leaves at most a folder {@code .<name>.<random>.tmp} behind.
 */
public final class AtomicFolder {

  private AtomicFolder() {}

  /**
   * Writes a new folder.
   *
   * @param target where no file is, or an empty folder
   * @param setting the setting that names it, for messages
   * @param body writes the files; it forces each of them to the disk, as {@link AtomicFile} and
   *     {@link SafetensorsWriter} do
   * @throws InvalidInputException if there is something already
   * @throws UncheckedIOException if writing fails, with the path and the reason
   */
  public static void write(Path target, String setting, AtomicFile.IoConsumer<Path> body) {
    Path folder = target.toAbsolutePath().normalize();
    requireFree(folder, setting);
    Path temporary =
        folder.resolveSibling("." + folder.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(temporary);
      body.accept(temporary);
      AtomicFile.forceFolder(temporary);
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.forceFolder(folder.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write the folder " + target + ": " + FailureReason.of(e), e);
    } finally {
      delete(temporary);
    }
  }

  private static void requireFree(Path folder, String setting) {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of("%s: %s is a file; a new folder is needed", setting, folder);
    }
    try (Stream<Path> files = Files.list(folder)) {
      if (files.findAny().isPresent()) {
        throw InvalidInputException.of(
            "%s: %s holds files already; choose a new folder", setting, folder);
      }
    } catch (IOException e) {
      throw new InvalidInputException(folder + ": cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** Deletes a folder of files, if it is there; what cannot be deleted has a name that says so. */
  private static void delete(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException ignored) {
      // The failure that led here matters more.
    }
  }
}
