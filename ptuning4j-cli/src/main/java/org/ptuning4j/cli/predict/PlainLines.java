package org.ptuning4j.cli.predict;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.LineReader;
import org.ptuning4j.data.input.PhysicalLine;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.table.RowSource;

/** Lines of plain text as rows of one column; blank lines are passed over. */
final class PlainLines implements RowSource {

  /** The name of the only column. */
  static final String COLUMN = "text";

  private final TextInput input;
  private final LineReader lines;

  PlainLines(TextInput input) {
    this.input = input;
    this.lines = input.lines();
  }

  @Override
  public FileFormat format() {
    return FileFormat.TEXT;
  }

  @Override
  public List<String> columnNames() {
    return List.of(COLUMN);
  }

  @Override
  public Optional<Entry> next() {
    try {
      return lines.nextFilled().map(PlainLines::entry);
    } catch (IOException e) {
      throw new InvalidInputException(
          input.name()
              + " cannot be read past line "
              + lines.linesRead()
              + ": "
              + FailureReason.of(e),
          e);
    }
  }

  private static Entry entry(PhysicalLine line) {
    return line.isBad()
        ? new BadRow(line.number(), line.problem())
        : new Row(line.number(), Map.of(COLUMN, line.text()));
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
