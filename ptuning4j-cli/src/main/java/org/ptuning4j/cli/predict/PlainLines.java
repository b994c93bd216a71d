package org.ptuning4j.cli.predict;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.table.RowSource;
import org.ptuning4j.data.table.TableFormat;

/** Lines of plain text as rows of one column; blank lines are passed over. */
final class PlainLines implements RowSource {

  /** The name of the only column. */
  static final String COLUMN = "text";

  private final BufferedReader reader;
  private int line;

  PlainLines(InputStream in) {
    reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** As good as any: one value a line, nothing quoted. */
  @Override
  public TableFormat format() {
    return TableFormat.TSV;
  }

  @Override
  public List<String> columnNames() {
    return List.of(COLUMN);
  }

  @Override
  public Optional<Entry> next() {
    try {
      String text = reader.readLine();
      line++;
      while (text != null && text.isBlank()) {
        text = reader.readLine();
        line++;
      }
      return Optional.ofNullable(text).map(found -> new Row(line, Map.of(COLUMN, found)));
    } catch (IOException e) {
      throw new InvalidInputException(
          "the input cannot be read past line " + line + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new InvalidInputException("the input cannot be closed: " + e.getMessage(), e);
    }
  }
}
