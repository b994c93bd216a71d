package org.ptuning4j.data.table;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.LineReader;
import org.ptuning4j.data.input.PhysicalLine;

/** Tab-separated values without quoting: one line is one record. Blank lines are passed over. */
final class TsvParser implements RecordParser {

  private static final String HINT = "a tab inside a value must be written as a space";

  private final LineReader lines;
  private final Header header;

  TsvParser(LineReader lines) throws IOException {
    this.lines = lines;
    PhysicalLine first =
        lines.nextFilled().orElseThrow(() -> new InvalidInputException("there is no header line"));
    if (first.isBad()) {
      throw InvalidInputException.of("line %d: %s", first.number(), first.problem());
    }
    header = Header.of(fields(first), FileFormat.TSV);
  }

  @Override
  public List<String> columnNames() {
    return header.names();
  }

  @Override
  public Optional<Entry> next() throws IOException {
    return lines
        .nextFilled()
        .map(
            line ->
                line.isBad()
                    ? new BadRow(line.number(), line.problem())
                    : header.row(line.number(), fields(line), HINT));
  }

  private static List<String> fields(PhysicalLine line) {
    return List.of(line.text().split("\t", -1));
  }
}
