package org.ptuning4j.data.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.LineReader;
import org.ptuning4j.data.PhysicalLine;

/**
 * Comma-separated values after RFC 4180. The lines of a record are gathered here and taken apart by
 * Commons CSV one record at a time, so that a forgotten quote costs one row and not the rest of the
 * file. Line ends inside a quoted value become LF. Empty lines are passed over.
 */
final class CsvParser implements RecordParser {

  private static final String HINT = "a value with a comma in it must stand in double quotes";

  private final LineReader lines;
  private final int maxRecordCharacters;
  private final Header header;

  CsvParser(LineReader lines, int maxRecordCharacters) throws IOException {
    this.lines = lines;
    this.maxRecordCharacters = maxRecordCharacters;
    Gathered first =
        gather().orElseThrow(() -> new InvalidInputException("there is no header line"));
    try {
      header = Header.of(first.fields(), TableFormat.CSV);
    } catch (MalformedRecordException e) {
      throw InvalidInputException.of("line %d: %s", first.line(), e.getMessage());
    }
  }

  @Override
  public List<String> columnNames() {
    return header.names();
  }

  @Override
  public Optional<Entry> next() throws IOException {
    Optional<Gathered> record = gather();
    if (record.isEmpty()) {
      return Optional.empty();
    }
    Gathered gathered = record.get();
    try {
      return Optional.of(header.row(gathered.line(), gathered.fields(), HINT));
    } catch (MalformedRecordException e) {
      // Only the first line is given up: most often a stray quote there swallowed sound rows.
      lines.putBack(gathered.lines().subList(1, gathered.lines().size()));
      return Optional.of(new BadRow(gathered.line(), e.getMessage()));
    }
  }

  /** The lines of the next record: one, or more while a quoted value stays open. */
  private Optional<Gathered> gather() throws IOException {
    Optional<PhysicalLine> line = lines.next();
    while (line.isPresent() && !line.get().isBad() && line.get().text().isEmpty()) {
      line = lines.next();
    }
    if (line.isEmpty()) {
      return Optional.empty();
    }
    List<PhysicalLine> gathered = new ArrayList<>();
    long characters = 0;
    CsvScan scan = CsvScan.START;
    while (line.isPresent()) {
      gathered.add(line.get());
      if (line.get().isBad()) {
        break;
      }
      characters += line.get().text().length() + 1L;
      scan = scan.over(line.get().text());
      if (scan != CsvScan.QUOTED || characters > maxRecordCharacters) {
        break;
      }
      line = lines.next();
    }
    return Optional.of(new Gathered(gathered, scan));
  }

  /**
   * The physical lines of one record.
   *
   * @param lines at least one; only the last can be bad
   * @param scan how it stands with quotes after the last
   */
  private record Gathered(List<PhysicalLine> lines, CsvScan scan) {

    int line() {
      return lines.get(0).number();
    }

    List<String> fields() throws MalformedRecordException {
      PhysicalLine last = lines.get(lines.size() - 1);
      if (lines.size() == 1 && last.isBad()) {
        throw new MalformedRecordException(last.problem());
      }
      if (scan == CsvScan.STRAY) {
        throw new MalformedRecordException(
            "a double quote stands where RFC 4180 has none: it opens a value, closes it before a"
                + " comma or the line's end, or is written twice inside");
      }
      if (scan == CsvScan.QUOTED) {
        throw new MalformedRecordException(
            "a double quote opens a value here that is never closed (up to line "
                + last.number()
                + ")");
      }
      String text = String.join("\n", lines.stream().map(PhysicalLine::text).toList());
      try (CSVParser parser = CSVParser.parse(text, CSVFormat.RFC4180)) {
        return parser.iterator().next().toList();
      } catch (UncheckedIOException | IOException e) {
        throw new MalformedRecordException("not valid CSV: " + e.getMessage());
      }
    }
  }

  private static final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedRecordException(String message) {
      super(message, null, false, false);
    }
  }
}
