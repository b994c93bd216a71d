package org.ptuning4j.data.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputSettings;
import org.ptuning4j.data.input.LineReader;
import org.ptuning4j.data.input.PhysicalLine;

/**
 * Comma-separated values after RFC 4180. The lines of a record are gathered here and taken apart by
 * Commons CSV one record at a time, so that a forgotten quote costs one row and not the rest of the
 * file. Line ends inside a quoted value become LF. Blank lines are passed over. A first line such
 * as {@code sep=;}, as Excel writes it, says what separates the values.
 */
final class CsvParser implements RecordParser {

  private static final Pattern SEPARATOR = Pattern.compile("\"?sep=([^\"\r\n])\"?");

  private final LineReader lines;
  private final int maxRecordCharacters;
  private final char delimiter;
  private final CSVFormat format;
  private final String hint;
  private final Header header;
  private boolean lastWasBad;

  CsvParser(LineReader lines, InputSettings settings) throws IOException {
    this.lines = lines;
    this.maxRecordCharacters = settings.maxRecordBytes();
    Optional<Character> said = said(lines);
    this.delimiter = settings.delimiter().or(() -> said).orElse(',');
    this.format = CSVFormat.RFC4180.builder().setDelimiter(delimiter).get();
    this.hint = "a value with a '" + delimiter + "' in it must be in double quotes";
    GatheredLines first =
        gather().orElseThrow(() -> new InvalidInputException("there is no header line"));
    try {
      header = Header.of(first.fields(delimiter, format), FileFormat.CSV);
    } catch (MalformedRecordException e) {
      throw InvalidInputException.of("line %d: %s", first.line(), e.getMessage());
    }
  }

  /** The delimiter that the first line says; any other line is read again. */
  private static Optional<Character> said(LineReader lines) throws IOException {
    Optional<PhysicalLine> first = lines.nextFilled();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Matcher said = SEPARATOR.matcher(first.get().isBad() ? "" : first.get().text().strip());
    if (said.matches()) {
      return Optional.of(said.group(1).charAt(0));
    }
    lines.putBack(List.of(first.get()));
    return Optional.empty();
  }

  @Override
  public List<String> columnNames() {
    return header.names();
  }

  @Override
  public Optional<Entry> next() throws IOException {
    Optional<GatheredLines> record = gather();
    if (record.isEmpty()) {
      return Optional.empty();
    }
    Entry entry = entry(record.get());
    lastWasBad = entry instanceof BadRow;
    return Optional.of(entry);
  }

  private Entry entry(GatheredLines record) {
    if (lastWasBad && record.lines().get(0).afterCr() && lines.hasLineFeeds()) {
      return new BadRow(
          record.line(),
          "a carriage return alone (CR, without LF) ends the bad line before; if it belongs to a"
              + " value, that value must be in double quotes");
    }
    try {
      return header.row(record.line(), record.fields(delimiter, format), hint);
    } catch (MalformedRecordException e) {
      // Only the first line is given up: most often a stray quote there swallowed sound rows.
      lines.putBack(record.lines().subList(1, record.lines().size()));
      return new BadRow(record.line(), e.getMessage());
    }
  }

  /** The lines of the next record: one, or more while a quoted value stays open. */
  private Optional<GatheredLines> gather() throws IOException {
    Optional<PhysicalLine> line = lines.nextFilled();
    if (line.isEmpty()) {
      return Optional.empty();
    }
    List<PhysicalLine> gathered = new ArrayList<>();
    long characters = 0;
    CsvQuoteState scan = CsvQuoteState.START;
    while (line.isPresent()) {
      gathered.add(line.get());
      if (line.get().isBad()) {
        break;
      }
      characters += line.get().text().length() + 1L;
      scan = scan.over(line.get().text(), delimiter);
      if (scan != CsvQuoteState.QUOTED || characters > maxRecordCharacters) {
        break;
      }
      line = lines.next();
    }
    return Optional.of(new GatheredLines(gathered, scan));
  }

  /**
   * The physical lines of one record.
   *
   * @param lines at least one; only the last can be bad
   * @param scan the state of the quotes after the last line
   */
  private record GatheredLines(List<PhysicalLine> lines, CsvQuoteState scan) {

    int line() {
      return lines.get(0).number();
    }

    List<String> fields(char delimiter, CSVFormat format) throws MalformedRecordException {
      PhysicalLine last = lines.get(lines.size() - 1);
      if (lines.size() == 1 && last.isBad()) {
        throw new MalformedRecordException(last.problem());
      }
      if (scan == CsvQuoteState.STRAY) {
        throw new MalformedRecordException(
            "a double quote is where RFC 4180 allows none: it opens a value, closes it before a"
                + " delimiter or the line's end, or is written twice inside");
      }
      if (scan == CsvQuoteState.QUOTED) {
        throw new MalformedRecordException(
            "a double quote opens a value here that is never closed (up to line "
                + last.number()
                + ")");
      }
      if (lines.size() == 1 && last.text().indexOf('"') < 0) {
        return between(delimiter, last.text());
      }
      String text = String.join("\n", lines.stream().map(PhysicalLine::text).toList());
      try (CSVParser parser = CSVParser.parse(text, format)) {
        return parser.iterator().next().toList();
      } catch (UncheckedIOException | IOException e) {
        throw new MalformedRecordException("not valid CSV: " + e.getMessage());
      }
    }
  }

  /** The values of a line without quotes. */
  private static List<String> between(char delimiter, String line) {
    List<String> values = new ArrayList<>();
    int start = 0;
    for (int at = line.indexOf(delimiter); at >= 0; at = line.indexOf(delimiter, start)) {
      values.add(line.substring(start, at));
      start = at + 1;
    }
    values.add(line.substring(start));
    return values;
  }

  private static final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedRecordException(String message) {
      super(message, null, false, false);
    }
  }
}
