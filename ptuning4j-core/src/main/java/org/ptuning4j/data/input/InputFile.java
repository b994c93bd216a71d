package org.ptuning4j.data.input;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/**
 * Something to read, and how: a file, a pipe, standard input. All readers open their input here, so
 * that compression, byte order marks, encodings and what is no text are the same to all.
 *
 * <p>A file can be read as often as one likes. So can a pipe with a name ({@link #of}): it is kept
 * in a temporary file. A stream ({@link #ofStream}) can be looked at and then read once. Not
 * thread-safe.
 */
public final class InputFile {

  private final Path path;
  private final String name;
  private final InputSettings settings;
  private final InputStream stream;
  private final Once once;

  /** What is known of an input that can be read only once; shared by all views of it. */
  private static final class Once {
    private Path kept;
    private DigestInputStream digested;
    private TextInput looked;
    private boolean read;
  }

  private InputFile(Path path, String name, InputSettings settings, InputStream stream, Once once) {
    this.path = path;
    this.name = name;
    this.settings = settings;
    this.stream = stream;
    this.once = once;
  }

  /** A file in whatever format it is, in UTF-8. */
  public static InputFile of(Path path) {
    return of(path, InputSettings.DEFAULT);
  }

  /** A file. */
  public static InputFile of(Path path, InputSettings settings) {
    return new InputFile(path, path.toString(), settings, null, new Once());
  }

  /**
   * A stream, which the caller closes.
   *
   * @param name what to call it in messages, such as {@code standard input}
   */
  public static InputFile ofStream(InputStream stream, String name, InputSettings settings) {
    return new InputFile(Path.of(name), name, settings, stream, new Once());
  }

  /** The file, or for a stream its name as one. */
  public Path path() {
    return path;
  }

  /** What to call it in messages. */
  public String name() {
    return name;
  }

  /** How it is read. */
  public InputSettings settings() {
    return settings;
  }

  /** The same input read otherwise. */
  public InputFile with(InputSettings newSettings) {
    return new InputFile(path, name, newSettings, stream, once);
  }

  /** What a reader makes of an input. */
  @FunctionalInterface
  public interface Reading<T> {
    T from(TextInput input) throws IOException;
  }

  /** What a reader makes of the lines of an input, at whose beginning it can look. */
  @FunctionalInterface
  public interface LineReading<T> {
    T from(TextInput input, LineReader lines) throws IOException;
  }

  /**
   * What was read.
   *
   * @param fingerprint {@code sha256:} and the hash of the input's bytes as they are
   */
  public record Content<T>(T value, String fingerprint) {}

  /**
   * Reads an input and hashes all of it, also what the reading leaves.
   *
   * @throws InvalidInputException naming the input, where it is missing, a folder, unreadable,
   *     empty, damaged or no text
   */
  public <T> Content<T> read(Reading<T> reading) {
    return opened(
        () -> {
          try (DigestInputStream raw = digested()) {
            TextInput input = looked(new UnclosedStream(raw));
            T value = reading.from(input);
            raw.transferTo(OutputStream.nullOutputStream()); // what gzip left unread: hash it too
            byte[] hash = raw.getMessageDigest().digest();
            return new Content<>(value, "sha256:" + Hex.encodeHexString(hash));
          }
        });
  }

  /**
   * Reads the lines of an input; the reading may look at its beginning before it takes the first.
   *
   * @throws InvalidInputException as {@link #read}
   */
  public <T> Content<T> readLines(LineReading<T> reading) {
    return read(
        input -> {
          LineReader lines = input.lines();
          try {
            return reading.from(input, lines);
          } catch (IOException e) {
            throw new InvalidInputException(
                name
                    + " cannot be read past line "
                    + lines.linesRead()
                    + ": "
                    + FailureReason.of(e),
                e);
          }
        });
  }

  /**
   * Opens the input to read it as it comes. The caller closes it.
   *
   * @throws InvalidInputException as {@link #read}
   */
  public TextInput open() {
    return opened(
        () -> {
          if (stream == null) {
            InputStream raw = raw();
            try {
              return TextInput.open(raw, name, settings);
            } catch (IOException | RuntimeException e) {
              raw.close();
              throw e;
            }
          }
          return looked(digested());
        });
  }

  /** What is asked of an input before it is read. */
  @FunctionalInterface
  public interface Look<T> {
    T at(TextInput input) throws IOException;
  }

  /**
   * Looks at the beginning without reading the input.
   *
   * @throws InvalidInputException as {@link #read}
   */
  public <T> T look(Look<T> look) {
    return opened(
        () -> {
          if (stream != null) {
            requireUnread();
            if (once.looked == null) {
              once.looked = TextInput.open(digestedStream(), name, settings);
            }
            return look.at(once.looked);
          }
          try (InputStream raw = raw();
              TextInput input = TextInput.open(raw, name, settings)) {
            return look.at(input);
          }
        });
  }

  private interface Opening<T> {
    T run() throws IOException;
  }

  private <T> T opened(Opening<T> opening) {
    try {
      return opening.run();
    } catch (AccessDeniedException e) {
      throw new InvalidInputException(name + ": no permission to read it", e);
    } catch (IOException e) {
      throw new InvalidInputException(name + " cannot be read: " + FailureReason.of(e), e);
    }
  }

  private DigestInputStream digested() throws IOException {
    if (stream == null) {
      return new DigestInputStream(raw(), DigestUtils.getSha256Digest());
    }
    requireUnread();
    once.read = true;
    return digestedStream();
  }

  private DigestInputStream digestedStream() {
    if (once.digested == null) {
      once.digested =
          new DigestInputStream(new UnclosedStream(stream), DigestUtils.getSha256Digest());
    }
    return once.digested;
  }

  /** The text that was looked at already, or else a new one. */
  private TextInput looked(InputStream raw) throws IOException {
    TextInput looked = stream == null ? null : once.looked;
    return looked == null ? TextInput.open(raw, name, settings) : looked.with(settings);
  }

  private void requireUnread() {
    if (once.read) {
      throw InvalidInputException.of(
          "%s can be read only once, and more than that is needed here; save it as a file", name);
    }
  }

  private InputStream raw() throws IOException {
    requireReadable();
    return new BufferedInputStream(Files.newInputStream(file()), 1 << 16);
  }

  /** The file itself, or where it is a pipe what came out of it. */
  private Path file() throws IOException {
    if (Files.isRegularFile(path)) {
      return path;
    }
    if (once.kept == null) {
      Path copy = Files.createTempFile("ptuning4j-", ".input");
      copy.toFile().deleteOnExit();
      try (InputStream pipe = new FileInputStream(path.toFile())) {
        Files.copy(pipe, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      once.kept = copy;
    }
    return once.kept;
  }

  private void requireReadable() {
    if (Files.isDirectory(path)) {
      throw new InvalidInputException(name + " is a folder; name the data file in it");
    }
    if (!Files.exists(path)) {
      String suggestion =
          Spelling.closest(path.getFileName().toString(), siblings())
              .map(near -> "; did you mean " + path.resolveSibling(near) + "?")
              .orElse("");
      throw new InvalidInputException(name + " does not exist" + suggestion);
    }
  }

  private List<String> siblings() {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.limit(10_000).map(near -> near.getFileName().toString()).toList();
    } catch (IOException e) {
      return List.of(); // Only a suggestion is lost.
    }
  }
}
