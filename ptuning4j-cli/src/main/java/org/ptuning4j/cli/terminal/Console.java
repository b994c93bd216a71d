package org.ptuning4j.cli.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.ptuning4j.FailureReason;

/**
 * Where a command reads and writes: results go to standard output, everything else to standard
 * error, both in UTF-8. Unlike a {@link PrintStream} it notices when standard output cannot be
 * written.
 */
public final class Console {

  private final InputStream in;
  private final OutputStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final boolean showsResults;
  private final Set<String> said = ConcurrentHashMap.newKeySet();
  private boolean broken; // standard output has failed: what is still buffered is given up

  public Console(InputStream in, OutputStream out, PrintStream err, boolean interactive) {
    this(in, out, err, interactive, false);
  }

  /**
   * A console.
   *
   * @param interactive whether standard error is a terminal
   * @param showsResults whether standard output is one
   */
  public Console(
      InputStream in,
      OutputStream out,
      PrintStream err,
      boolean interactive,
      boolean showsResults) {
    this.in = in;
    this.out = new BufferedOutputStream(out);
    this.err = err;
    this.interactive = interactive;
    this.showsResults = showsResults;
  }

  /** The process's own streams. */
  public static Console system() {
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        isTerminal("ptune.terminal", 2),
        isTerminal("ptune.output", 1));
  }

  /** The launcher knows and says so; without it Linux tells. */
  private static boolean isTerminal(String property, int descriptor) {
    String told = System.getProperty(property);
    if (told != null) {
      return Boolean.parseBoolean(told);
    }
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Standard input. */
  public InputStream in() {
    return in;
  }

  /** Standard error. */
  public PrintStream err() {
    return err;
  }

  /** Whether standard error is a terminal, on which a progress bar may move. */
  boolean isInteractive() {
    return interactive;
  }

  /** Whether standard output is a terminal, so that results are looked at as they come. */
  public boolean showsResults() {
    return showsResults;
  }

  /** Writes a line of the result. */
  public void print(String line) {
    write(line + "\n");
  }

  /** Writes a part of the result as it is. */
  public void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(bytes, 0, bytes.length);
  }

  /** Writes bytes of the result as they are. */
  public void write(byte[] bytes, int offset, int length) {
    if (broken) {
      return;
    }
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Hands on what was written so far. */
  public void flush() {
    if (broken) {
      return;
    }
    try {
      out.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Says something beside the result. */
  public void say(String line) {
    err.println(line);
  }

  /** Warns of something that is as true as before when it comes up again. */
  public void warnOnce(String warning) {
    sayOnce("warning: " + warning);
  }

  /** Tells something that is worth knowing and nothing to be warned of. */
  public void noteOnce(String note) {
    sayOnce("note: " + note);
  }

  private synchronized void sayOnce(String line) {
    if (said.add(line)) {
      say(line);
    }
  }

  /** Java has no type for a reader that is gone: only the system's own words tell it. */
  private RuntimeException failure(IOException e) {
    broken = true;
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("pipe") || message.contains("closed")
        ? new ClosedPipeException(e)
        : new UncheckedIOException("standard output cannot be written: " + FailureReason.of(e), e);
  }
}
