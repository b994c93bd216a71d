package org.ptuning4j.data.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.json.JsonValue;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.RepeatedHeader;

/** The rows, and bad rows, that JSON values make. */
final class JsonEntries {

  private JsonEntries() {}

  /**
   * The entry of a value.
   *
   * @param columnNames takes the names of a row's columns, also of those that hold null
   */
  static Entry entry(int line, int record, JsonValue value, Set<String> columnNames) {
    Source source = new Source(line, record, RowIds.ofObject(value.value()));
    if (value.problem() != null) {
      return source.bad(value.problem());
    }
    if (value.value() instanceof Map<?, ?> object) {
      Map<String, Object> columns = new LinkedHashMap<>();
      for (Map.Entry<?, ?> field : object.entrySet()) {
        String name = columnName((String) field.getKey());
        if (columns.containsKey(name)) {
          return source.bad("column '" + name + "' is there twice");
        }
        columns.put(name, field.getValue());
      }
      if (RepeatedHeader.isIn(columns)) {
        return source.bad(RepeatedHeader.problem());
      }
      columnNames.addAll(columns.keySet());
      return new Row(line, record, columns);
    }
    String what =
        value.value() instanceof List<?> ? "a JSON list" : "a JSON value that is no object";
    return source.bad(
        what + "; each record must be an object such as {\"text\": \"…\", \"label\": \"…\"}");
  }

  /** As a header's names are read; a name of which nothing is visible stays as it is. */
  private static String columnName(String key) {
    String name = NormalText.of(key);
    return name.isEmpty() ? key : name;
  }
}
