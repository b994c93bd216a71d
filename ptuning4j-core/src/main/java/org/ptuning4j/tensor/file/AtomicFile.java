package org.ptuning4j.tensor.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * Writes a file whole or not at all. The bytes go to a temporary file beside the target, are forced
 * to the disk, and take the target's name in one step; the folder is forced too, so that the new
 * name survives a power cut. Whatever fails, the old file is untouched and the temporary one is
 * deleted; only a killed process leaves one behind, named {@code .<target>.<random>.tmp}.
 */
public final class AtomicFile {

  /**
   * What writes the contents.
   *
   * @param <T> what it writes to
   */
  @FunctionalInterface
  public interface IoConsumer<T> {

    /** Writes the contents; need neither flush nor close. */
    void accept(T target) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a file through a stream.
   *
   * @param target the file; its folder must exist
   * @param body writes the contents
   * @throws InvalidInputException if there is no such folder, or the target is a folder
   * @throws UncheckedIOException if writing fails, with the path and the reason
   */
  public static void write(Path target, IoConsumer<OutputStream> body) {
    writeChannel(
        target,
        channel -> {
          OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel));
          body.accept(stream);
          stream.flush();
        });
  }

  /**
   * Writes a file through a channel.
   *
   * @param target the file; its folder must exist
   * @param body writes the contents
   * @throws InvalidInputException if there is no such folder, or the target is a folder
   * @throws UncheckedIOException if writing fails, with the path and the reason
   */
  public static void writeChannel(Path target, IoConsumer<FileChannel> body) {
    Path file = target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw InvalidInputException.of("cannot write %s: it is a folder", target);
    }
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of("cannot write %s: there is no folder %s", target, folder);
    }
    Path temporary = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      writeAndForce(temporary, body);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write "
              + target
              + ": "
              + FailureReason.of(e)
              + "; a file that was there is unchanged",
          e);
    } finally {
      // Does nothing once the file has been moved.
      deleteQuietly(temporary);
    }
    forceFolder(folder);
  }

  private static void writeAndForce(Path temporary, IoConsumer<FileChannel> body)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      body.accept(channel);
      channel.force(true);
    }
  }

  /**
   * Forces the names in a folder to the disk, so that a rename in it survives a power cut.
   *
   * @throws UncheckedIOException if that fails
   */
  public static void forceFolder(Path folder) {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return; // Windows opens no folder as a file, and journals renames itself.
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot force the folder " + folder + " to the disk: " + FailureReason.of(e), e);
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException ignored) {
      // The failure that led here matters more; the name says what the file is.
    }
  }
}
