package org.ptuning4j.cli.terminal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.UUID;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * A file of results that takes its name when it is complete. Until then the lines go to a file
 * beside it, so that what was there before stays if the command fails. What an interrupted or
 * failed command has written by then is kept under a name that ends in {@code .part}. A target that
 * is no regular file, such as {@code /dev/stdout} or a named pipe, is written to directly.
 */
public final class OutputFile implements AutoCloseable {

  private final String setting;
  private final Path shown;
  private final Path target;
  private final boolean direct;
  private final Console console;
  private Path temporary; // null before it is opened, and where the target is written directly
  private OutputStream out; // null before it is opened and after it is closed
  private Thread onSignal;
  private boolean over;

  private OutputFile(String setting, Path shown, Path target, boolean direct, Console console) {
    this.setting = setting;
    this.shown = shown;
    this.target = target;
    this.direct = direct;
    this.console = console;
  }

  /**
   * A file to be written later; nothing is made yet.
   *
   * @param setting the option that names it, for messages
   * @param inputs files that the command reads
   * @throws InvalidInputException if the file could not be written, or is one of the inputs by
   *     whatever path or link
   */
  public static OutputFile of(String setting, Path file, Collection<Path> inputs, Console console) {
    Path target = linked(file.toAbsolutePath());
    if (Files.isDirectory(target)) {
      throw InvalidInputException.of("%s: %s is a folder; name a file in it", setting, file);
    }
    Path folder = target.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw InvalidInputException.of("%s: the folder of %s does not exist", setting, file);
    }
    requireNoInput(setting, file, inputs);
    boolean direct = Files.exists(target) && !Files.isRegularFile(target);
    boolean writable = Files.isWritable(direct ? target : folder);
    if (!writable || (Files.exists(target) && !Files.isWritable(target))) {
      throw InvalidInputException.of("%s: there is no permission to write %s", setting, file);
    }
    return new OutputFile(setting, file, target, direct, console);
  }

  /** The file behind symbolic links, also one that does not exist yet. */
  private static Path linked(Path file) {
    Path at = file;
    try {
      for (int links = 0; Files.isSymbolicLink(at) && !isProcessStream(at) && links < 40; links++) {
        at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
      }
    } catch (IOException e) {
      return file;
    }
    return at;
  }

  /** {@code /dev/stdout} leads to something that has no path. */
  private static boolean isProcessStream(Path file) {
    return file.startsWith("/dev") || file.startsWith("/proc");
  }

  private static void requireNoInput(String setting, Path file, Collection<Path> inputs) {
    for (Path input : inputs) {
      try {
        if (Files.exists(file) && Files.exists(input) && Files.isSameFile(file, input)) {
          throw InvalidInputException.of(
              "%s: %s is the input itself (%s); choose another file", setting, file, input);
        }
      } catch (IOException e) {
        throw new InvalidInputException(
            setting + ": " + file + " cannot be told from the input: " + FailureReason.of(e), e);
      }
    }
  }

  /** Makes the file beside the target; to be called when the input is known to be usable. */
  public synchronized void open() {
    try {
      if (direct) {
        out = new BufferedOutputStream(Files.newOutputStream(target));
        return;
      }
      Path beside = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
      out = new BufferedOutputStream(Files.newOutputStream(beside, StandardOpenOption.CREATE_NEW));
      temporary = beside;
      if (Files.exists(target)) {
        keepPermissions();
      }
      onSignal = new Thread(this::keepPartial, "keep-output");
      Runtime.getRuntime().addShutdownHook(onSignal);
    } catch (IOException e) {
      throw new InvalidInputException(
          setting + ": " + shown + " cannot be written (" + FailureReason.of(e) + ")", e);
    }
  }

  private void keepPermissions() throws IOException {
    if (target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(target));
    }
  }

  /** Writes a line. */
  public void line(String line) {
    text(line + "\n");
  }

  /** Writes text as it is. */
  public synchronized void text(String text) {
    write(() -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Hands on what was written so far. */
  public synchronized void flush() {
    write(() -> out.flush());
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void write(Writing writing) {
    if (over) {
      return; // a signal has come, and what there was is kept
    }
    try {
      writing.run();
    } catch (IOException e) {
      throw new UncheckedIOException(shown + " cannot be written", e);
    }
  }

  /** Gives the complete file its name. */
  public synchronized void commit() {
    write(
        () -> {
          out.close();
          if (temporary != null) {
            Files.move(
                temporary,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
          }
        });
    over = true;
  }

  /** Keeps what was written by now under a name of its own, and says which. */
  public synchronized void keepPartial() {
    if (over || out == null) {
      return;
    }
    over = true;
    closeQuietly();
    if (temporary == null) {
      return;
    }
    try {
      long lines = keepWholeLines(temporary);
      if (lines == 0) {
        return;
      }
      Path part = freePart();
      Files.move(temporary, part, StandardCopyOption.ATOMIC_MOVE);
      console.say(
          "ptune: "
              + shown
              + " is not complete and not written; the first "
              + Figures.count(lines, "line")
              + " of it "
              + (lines == 1 ? "is" : "are")
              + " in "
              + part);
    } catch (IOException e) {
      console.say("ptune: what was written by now is in " + temporary);
      temporary = null;
    }
  }

  /** Cuts off a last line that was not written to its end, and says how many lines there are. */
  private static long keepWholeLines(Path file) throws IOException {
    long lines = 0;
    long end = 0;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      long at = 0;
      while (channel.read(buffer.clear()) > 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          at++;
          if (buffer.get() == '\n') {
            lines++;
            end = at;
          }
        }
      }
      channel.truncate(end);
    }
    return lines;
  }

  private Path freePart() {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    for (int i = 2; Files.exists(part); i++) {
      part = target.resolveSibling(target.getFileName() + ".part" + i);
    }
    return part;
  }

  private void closeQuietly() {
    try {
      out.close();
    } catch (IOException ignored) {
      // Whatever led here is reported; this would say it again.
    }
  }

  /** Leaves no file behind that is neither complete nor kept. */
  @Override
  public synchronized void close() {
    if (onSignal != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(onSignal);
      } catch (IllegalStateException ignored) {
        // The signal came this very moment; its hook does the same.
      }
    }
    if (!over && out != null) {
      over = true;
      closeQuietly();
    }
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException ignored) {
        // Its name says what it is.
      }
    }
  }
}
