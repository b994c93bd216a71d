package org.ptuning4j.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.ptuning4j.InvalidInputException;

/**
 * Reads labelled text from JSONL, CSV and TSV, plain or gzipped. What is wrong with one record
 * becomes a {@link BadRow} with its line; only what is wrong with the whole file is thrown.
 *
 * @param maxLineBytes the longest line that is read; a longer one is a bad row and is never held
 */
public record TableReader(int maxLineBytes) {

  private static final int DEFAULT_MAX_LINE_BYTES = 16 << 20;
  private static final int HEAD_BYTES = 4096;

  /** Checks the limit. */
  public TableReader {
    if (maxLineBytes < 1) {
      throw InvalidInputException.of("maxLineBytes is %d, must be at least 1", maxLineBytes);
    }
  }

  /** A reader for lines of up to 16 MiB. */
  public TableReader() {
    this(DEFAULT_MAX_LINE_BYTES);
  }

  /**
   * Reads a file whose format its name or first line tells.
   *
   * @throws InvalidInputException as {@link #read(Path, TableFormat)}
   */
  public Table read(Path file) {
    return read(file, TableFormat.AUTO);
  }

  /**
   * Reads a whole file.
   *
   * @throws InvalidInputException naming the file, where it is missing, a folder, unreadable,
   *     empty, binary, damaged, without rows, or its header has an empty or repeated name
   */
  public Table read(Path file, TableFormat format) {
    requireReadable(file);
    MessageDigest sha256 = sha256();
    try (InputStream raw = new DigestInputStream(Files.newInputStream(file), sha256);
        InputStream in = new BufferedInputStream(raw, 1 << 16);
        RowSource source = stream(in, file.toString(), format)) {
      Table table = drain(file, source);
      in.transferTo(OutputStream.nullOutputStream()); // what gzip left unread: hash it too
      return table.withFingerprint("sha256:" + HexFormat.of().formatHex(sha256.digest()));
    } catch (AccessDeniedException e) {
      throw new InvalidInputException(file + ": no permission to read it", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads records from a stream one by one. The source closes the stream; where this throws, it
   * stays open.
   *
   * @param name what to call the stream in messages: its file, or "standard input"
   * @throws InvalidInputException where the stream is empty or binary, or its format or header is
   *     not usable
   */
  public RowSource stream(InputStream in, String name, TableFormat format) {
    try {
      InputStream decompressed = decompressed(in);
      byte[] head = head(decompressed, name);
      InputStream content = new RejoinedStream(head, decompressed);
      TableFormat known = format == TableFormat.AUTO ? tellFormat(name, head) : format;
      LineReader lines = new LineReader(content, maxLineBytes);
      return new OpenSource(name, known, parser(name, known, lines), lines, content);
    } catch (IOException e) {
      throw new InvalidInputException(name + " cannot be read: " + e.getMessage(), e);
    }
  }

  private RecordParser parser(String name, TableFormat format, LineReader lines)
      throws IOException {
    try {
      return switch (format) {
        case JSONL -> new JsonLinesParser(lines, maxLineBytes);
        case CSV -> new CsvParser(lines, maxLineBytes);
        case TSV -> new TsvParser(lines);
        case AUTO -> throw new IllegalArgumentException("the format must be known by now");
      };
    } catch (InvalidInputException e) {
      throw new InvalidInputException(name + ": " + e.getMessage(), e);
    }
  }

  private static Table drain(Path file, RowSource source) {
    List<Row> rows = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>();
    for (Optional<Entry> entry = source.next(); entry.isPresent(); entry = source.next()) {
      if (entry.get() instanceof Row row) {
        rows.add(row);
      } else if (entry.get() instanceof BadRow badRow) {
        badRows.add(badRow);
      }
    }
    if (rows.isEmpty() && badRows.isEmpty()) {
      throw new InvalidInputException(
          file + (source.format() == TableFormat.JSONL ? " holds no rows" : " has only a header"));
    }
    return new Table(file, source.format(), source.columnNames(), rows, badRows, "");
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
                "%s is not text: byte %d is zero (JSONL, CSV or TSV in UTF-8 is needed)",
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

  private static boolean startsWith(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if ((bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static TableFormat tellFormat(String name, byte[] head) {
    return TableFormat.fromName(name)
        .or(() -> TableFormat.fromContent(head))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    name
                        + ": neither its name nor its first line tells the format; call it .jsonl,"
                        + " .csv or .tsv"));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A parser over an open stream, with the stream's name for its errors. */
  private record OpenSource(
      String name, TableFormat format, RecordParser parser, LineReader lines, InputStream stream)
      implements RowSource {

    @Override
    public List<String> columnNames() {
      return parser.columnNames();
    }

    @Override
    public Optional<Entry> next() {
      try {
        return parser.next();
      } catch (IOException e) {
        throw new InvalidInputException(
            name + " cannot be read past line " + lines.linesRead() + ": " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new InvalidInputException(name + " cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}
