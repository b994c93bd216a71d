package org.ptuning4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.data.value.NormalText;

/**
 * One record of a data file.
 *
 * @param line the physical line on which the record starts, counted from 1 (a header counts)
 * @param record its number among the file's records, counted from 1, where lines do not tell them
 *     apart, as in a JSON list on one line; else 0
 * @param columns the values by column name, in the file's order: {@code String}, {@code Number},
 *     {@code Boolean}, {@code List} or {@code Map} from JSONL, always {@code String} from CSV and
 *     TSV. A JSON {@code null} is left out, so that "absent" has one meaning.
 */
public record Row(int line, int record, Map<String, Object> columns) implements Entry {

  /** Copies the columns, without those that hold {@code null}. */
  public Row {
    if (line < 1) {
      throw new IllegalArgumentException("line must be at least 1, is " + line);
    }
    Map<String, Object> filled = new LinkedHashMap<>();
    columns.forEach(
        (name, value) -> {
          if (value != null) {
            filled.put(name, value);
          }
        });
    columns = Collections.unmodifiableMap(filled);
  }

  /** A row that is alone on its line. */
  public Row(int line, Map<String, Object> columns) {
    this(line, 0, columns);
  }

  /** Where it came from, with what it calls itself. */
  public Source source() {
    return Source.of(line, record, columns);
  }

  /** The value of the column, or {@code null} where the row has none. */
  public Object get(String column) {
    return columns.get(column);
  }

  /** Whether the row has a value in the column that is more than white space. */
  public boolean isFilled(String column) {
    Object value = columns.get(column);
    return value instanceof String text ? NormalText.isVisible(text) : value != null;
  }
}
