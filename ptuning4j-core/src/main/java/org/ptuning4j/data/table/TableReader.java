package org.ptuning4j.data.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.DataFile;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.LineReader;
import org.ptuning4j.data.Row;

/**
 * Reads labelled text from JSONL, CSV and TSV, plain or gzipped. What is wrong with one record
 * becomes a {@link BadRow} with its line; only what is wrong with the whole file is thrown.
 *
 * @param maxLineBytes the longest line that is read; a longer one is a bad row and is never held
 */
public record TableReader(int maxLineBytes) {

  public static final int DEFAULT_MAX_LINE_BYTES = 16 << 20;

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
    DataFile.Content<Table> read =
        DataFile.read(
            file,
            in -> {
              try (RowSource source = stream(in, file.toString(), format)) {
                return drain(file, source);
              }
            });
    return read.value().withFingerprint(read.fingerprint());
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
      DataFile.Text text = DataFile.text(in, name);
      TableFormat known = format == TableFormat.AUTO ? tellFormat(name, text.head()) : format;
      LineReader lines = new LineReader(text.content(), maxLineBytes);
      return new OpenSource(name, known, parser(name, known, lines), lines, text.content());
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
