package org.ptuning4j.data.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.InputSettings;
import org.ptuning4j.data.input.LineReader;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.json.JsonShape;

/**
 * Reads records with named columns from JSON, CSV and TSV. What is wrong with one record becomes a
 * {@link BadRow} with its place; only what is wrong with the whole file is thrown.
 */
public final class TableReader {

  /**
   * Reads a file whose format is detected from its content or its name.
   *
   * @throws InvalidInputException as {@link #read(InputFile)}
   */
  public Table read(Path file) {
    return read(InputFile.of(file));
  }

  /**
   * Reads a file of a known format.
   *
   * @throws InvalidInputException as {@link #read(InputFile)}
   */
  public Table read(Path file, FileFormat format) {
    return read(InputFile.of(file, InputSettings.DEFAULT.withFormat(format)));
  }

  /**
   * Reads a whole file.
   *
   * @throws InvalidInputException naming the file, where it is missing, a folder, unreadable,
   *     empty, binary, damaged, without rows, no table, or its header has an empty or repeated name
   */
  public Table read(InputFile file) {
    InputFile.Content<Table> read =
        file.read(
            input -> {
              try (RowSource source = open(input)) {
                List<Row> rows = new ArrayList<>();
                List<BadRow> badRows = new ArrayList<>();
                drain(source, entry -> sort(entry, rows, badRows));
                requireSome(input, source, rows.isEmpty() && badRows.isEmpty());
                return new Table(
                    file.path(), source.format(), source.columnNames(), rows, badRows, "");
              }
            });
    return read.value().withFingerprint(read.fingerprint());
  }

  /**
   * Passes on the records of a whole file as they are read.
   *
   * @return {@code sha256:} and the hash of the file's bytes
   * @throws InvalidInputException as {@link #read(InputFile)}
   */
  public String forEach(InputFile file, Consumer<Entry> consumer) {
    return file.read(
            input -> {
              try (RowSource source = open(input)) {
                requireSome(input, source, drain(source, consumer) == 0);
                return null;
              }
            })
        .fingerprint();
  }

  /**
   * Reads records one by one as they come.
   *
   * @throws InvalidInputException where the input is empty or no text, or its format or header is
   *     not usable
   */
  public RowSource stream(InputFile file) {
    TextInput input = file.open();
    try {
      return open(input);
    } catch (IOException e) {
      throw new InvalidInputException(file.name() + " cannot be read: " + FailureReason.of(e), e);
    }
  }

  /** The same of a stream in UTF-8, which stays open. */
  public RowSource stream(InputStream in, String name, FileFormat format) {
    return stream(InputFile.ofStream(in, name, InputSettings.DEFAULT.withFormat(format)));
  }

  private static RowSource open(TextInput input) throws IOException {
    FileFormat format = format(input);
    try {
      return switch (format) {
        case JSONL -> json(input);
        case CSV -> {
          LineReader lines = input.lines();
          yield new OpenSource(input, format, new CsvParser(lines, input.settings()), lines);
        }
        case TSV -> {
          LineReader lines = input.lines();
          yield new OpenSource(input, format, new TsvParser(lines), lines);
        }
        default ->
            throw InvalidInputException.of(
                "format: %s holds no rows with columns; those that do are jsonl, csv and tsv",
                format.label());
      };
    } catch (InvalidInputException e) {
      throw e.in(input.name());
    }
  }

  private static RowSource json(TextInput input) throws IOException {
    JsonShape shape = JsonShape.of(input);
    int most = input.settings().maxRecordBytes();
    if (shape == JsonShape.LINES) {
      LineReader lines = input.lines();
      return new OpenSource(input, FileFormat.JSONL, new JsonLinesParser(lines, most), lines);
    }
    return new OpenSource(
        input, FileFormat.JSONL, new JsonDocumentParser(input.content(), shape, most), null);
  }

  private static long drain(RowSource source, Consumer<Entry> consumer) {
    long count = 0;
    for (Optional<Entry> entry = source.next(); entry.isPresent(); entry = source.next()) {
      consumer.accept(entry.get());
      count++;
    }
    return count;
  }

  private static void sort(Entry entry, List<Row> rows, List<BadRow> badRows) {
    if (entry instanceof Row row) {
      rows.add(row);
    } else if (entry instanceof BadRow badRow) {
      badRows.add(badRow);
    }
  }

  private static void requireSome(TextInput input, RowSource source, boolean none) {
    if (none) {
      throw new InvalidInputException(
          input.name()
              + (source.format() == FileFormat.JSONL ? " holds no rows" : " has only a header"));
    }
  }

  private static FileFormat format(TextInput input) throws IOException {
    FileFormat set = input.settings().format();
    if (set != FileFormat.AUTO) {
      return set;
    }
    if (input.settings().delimiter().isPresent()) {
      return FileFormat.CSV;
    }
    return FileFormat.tableOf(input.firstLine(), input.name())
        .orElseThrow(
            () ->
                new InvalidInputException(
                    input.name()
                        + ": neither its first line nor its name shows the format; let its name end"
                        + " in .jsonl, .csv or .tsv, or set format to one of them"));
  }

  /**
   * A parser over an open input, with the input's name for its errors.
   *
   * @param lines what the parser reads from, or {@code null} where it does not read lines
   */
  private record OpenSource(
      TextInput input, FileFormat format, RecordParser parser, LineReader lines)
      implements RowSource {

    @Override
    public List<String> columnNames() {
      return parser.columnNames();
    }

    @Override
    public Optional<Entry> next() {
      try {
        return parser.next();
      } catch (InvalidInputException e) {
        throw e.in(input.name());
      } catch (IOException e) {
        String where = lines == null ? "" : " past line " + lines.linesRead();
        throw new InvalidInputException(
            input.name() + " cannot be read" + where + ": " + FailureReason.of(e), e);
      }
    }

    @Override
    public void close() {
      try {
        input.close();
      } catch (IOException e) {
        throw new InvalidInputException(
            input.name() + " cannot be closed: " + FailureReason.of(e), e);
      }
    }
  }
}
