package org.ptuning4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/** What all readers do with a file: find it, decompress it, see that it is text, hash it. */
public final class DataFile {

  private static final int HEAD_BYTES = 4096;

  private DataFile() {}

  /** What a reader makes of the bytes of a file. */
  @FunctionalInterface
  public interface Reading<T> {
    T from(InputStream in) throws IOException;
  }

  /** What a reader makes of the lines of a file. */
  @FunctionalInterface
  public interface LineReading<T> {
    T from(LineReader lines) throws IOException;
  }

  /**
   * What was read.
   *
   * @param fingerprint {@code sha256:} and the hash of the file's bytes as they are on disk
   */
  public record Content<T>(T value, String fingerprint) {}

  /** A stream of text without its byte order mark. */
  public static final class Text {
    private final byte[] head;
    private final InputStream content;

    Text(byte[] head, InputStream content) {
      this.head = head;
      this.content = content;
    }

    /** The first bytes, to tell a format by; the content begins with them. */
    public byte[] head() {
      return head;
    }

    public InputStream content() {
      return content;
    }
  }

  /**
   * Reads a file and hashes all of it, also what the reading leaves.
   *
   * @param reading may close its stream or leave it open
   * @throws InvalidInputException naming the file, where it is missing, a folder or unreadable
   */
  public static <T> Content<T> read(Path file, Reading<T> reading) {
    requireReadable(file);
    MessageDigest sha256 = sha256();
    try (InputStream raw = new DigestInputStream(Files.newInputStream(file), sha256);
        InputStream in = new BufferedInputStream(raw, 1 << 16)) {
      T value = reading.from(new Unclosed(in));
      in.transferTo(OutputStream.nullOutputStream()); // what gzip left unread: hash it too
      return new Content<>(value, "sha256:" + HexFormat.of().formatHex(sha256.digest()));
    } catch (AccessDeniedException e) {
      throw new InvalidInputException(file + ": no permission to read it", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + cause(e), e);
    }
  }

  /**
   * Reads the lines of a file.
   *
   * @throws InvalidInputException as {@link #read}, and where the file is empty, binary or damaged
   */
  public static <T> Content<T> readLines(Path file, int maxLineBytes, LineReading<T> reading) {
    return read(
        file,
        in -> {
          LineReader lines = new LineReader(text(in, file.toString()).content(), maxLineBytes);
          try {
            return reading.from(lines);
          } catch (IOException e) {
            throw new InvalidInputException(
                file + " cannot be read past line " + lines.linesRead() + ": " + cause(e), e);
          }
        });
  }

  /**
   * The text in a stream, decompressed where it is gzipped.
   *
   * @throws InvalidInputException where it is empty or no text in UTF-8
   */
  public static Text text(InputStream in, String name) throws IOException {
    InputStream decompressed = decompressed(in);
    byte[] head = head(decompressed, name);
    return new Text(head, new RejoinedStream(head, decompressed));
  }

  private static void requireReadable(Path file) {
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(file + " is a folder; name the data file in it");
    }
    if (!Files.exists(file)) {
      String suggestion =
          Spelling.closest(file.getFileName().toString(), siblings(file))
              .map(name -> "; did you mean " + file.resolveSibling(name) + "?")
              .orElse("");
      throw new InvalidInputException(file + " does not exist" + suggestion);
    }
  }

  private static List<String> siblings(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.limit(10_000).map(path -> path.getFileName().toString()).toList();
    } catch (IOException e) {
      return List.of(); // Only a suggestion is lost.
    }
  }

  /** Gzip is told by its two magic bytes, whatever the file is called. */
  private static InputStream decompressed(InputStream in) throws IOException {
    byte[] magic = in.readNBytes(2);
    InputStream stream = new RejoinedStream(magic, in);
    boolean gzip = magic.length == 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b;
    return gzip ? new GZIPInputStream(stream, 1 << 16) : stream;
  }

  /** Takes the first bytes, without their byte order mark, and checks that they are text. */
  private static byte[] head(InputStream content, String name) throws IOException {
    byte[] buffer = new byte[HEAD_BYTES];
    int size = readSome(content, buffer);
    if (size == 0) {
      throw new InvalidInputException(name + " is empty");
    }
    if (startsWith(buffer, 0xff, 0xfe) || startsWith(buffer, 0xfe, 0xff)) {
      throw new InvalidInputException(name + " is UTF-16; save it as UTF-8");
    }
    for (int i = 0; i < size; i++) {
      if (buffer[i] == 0) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s is not text: byte %d is zero (text in UTF-8 is needed)",
                name,
                i + 1));
      }
    }
    int start = startsWith(buffer, 0xef, 0xbb, 0xbf) ? 3 : 0;
    if (size == start) {
      throw new InvalidInputException(name + " is empty (but for a byte order mark)");
    }
    return Arrays.copyOfRange(buffer, start, size);
  }

  /** What one read gives, but no less than a byte order mark's length where there is as much. */
  private static int readSome(InputStream in, byte[] buffer) throws IOException {
    int size = 0;
    while (size < 3) {
      int more = in.read(buffer, size, buffer.length - size);
      if (more < 0) {
        break;
      }
      size += more;
    }
    return size;
  }

  /** What is wrong with a stream, also where Java says nothing, as of a gzip's cut-off header. */
  public static String cause(IOException e) {
    if (e.getMessage() != null) {
      return e.getMessage();
    }
    return e instanceof EOFException ? "it breaks off (is the file cut off?)" : e.toString();
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if ((bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Survives being closed, so that what a reader left can be hashed. */
  private static final class Unclosed extends FilterInputStream {
    Unclosed(InputStream in) {
      super(in);
    }

    @Override
    public void close() {
      // The file is closed by who opened it.
    }
  }
}
