package org.ptuning4j.task.choice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.LikelyColumns;

/**
 * A further field for templates, worded after a column: COPA's {@code connective} is "because"
 * where the column {@code question} says "cause", and "so" where it says "effect".
 *
 * @param field the field's name
 * @param column the column that decides
 * @param words the field's text for each value of the column
 */
public record WordedField(String field, String column, Map<String, String> words) {

  /** Checks that there are words. */
  public WordedField {
    words = Collections.unmodifiableMap(new LinkedHashMap<>(words));
    if (words.isEmpty() || field.isBlank() || column.isBlank()) {
      throw InvalidInputException.of(
          "task.wording: field '%s' of column '%s' has %d words; names and one word at least are"
              + " needed",
          field, column, words.size());
    }
  }

  public static WordedField of(Fields fields) {
    fields.requireOnly(List.of("field", "column", "words"));
    return new WordedField(fields.text("field"), fields.text("column"), fields.textMap("words"));
  }

  Map<String, Object> definition() {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("field", field);
    definition.put("column", column);
    definition.put("words", words);
    return definition;
  }

  /** The row with the field among its columns. */
  Row apply(Row row) throws UnusableRowException {
    if (!row.isFilled(column)) {
      throw new UnusableRowException("column '" + column + "' is missing or empty");
    }
    String value = NormalText.of(row.get(column).toString());
    String word = words.get(value);
    if (word == null) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "column '%s' is '%s', must be one of %s",
              column,
              ColumnValues.shown(value),
              String.join(", ", words.keySet())));
    }
    Map<String, Object> columns = new LinkedHashMap<>(row.columns());
    columns.put(field, word);
    return new Row(row.line(), row.record(), columns);
  }

  /** The table as if the field were a column of it. */
  Table named(Table table) {
    if (!table.columnNames().contains(column)) {
      throw LikelyColumns.missing(table, "'" + column + "'", column, false);
    }
    List<String> names = new ArrayList<>(table.columnNames());
    names.add(field);
    return new Table(
        table.file(), table.format(), names, table.rows(), table.badRows(), table.fingerprint());
  }
}
