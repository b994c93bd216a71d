package org.ptuning4j.data.table;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
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
    if (!(value.value() instanceof Map<?, ?> object)) {
      return new BadRow(new Source(line, record, Map.of()), noObject(value));
    }
    Map<String, Object> columns = inNormalForm(object);
    String problem = value.problem();
    if (problem == null && columns.size() < object.size()) {
      problem = "column '" + repeated(object) + "' is there twice";
    }
    if (problem == null && RepeatedHeader.isIn(columns)) {
      return new BadRow(new Source(line, record, Map.of()), RepeatedHeader.problem());
    }
    if (problem != null) {
      return new BadRow(Source.of(line, record, columns), problem);
    }
    columnNames.addAll(columns.keySet());
    return new Row(line, record, columns);
  }

  private static String noObject(JsonValue value) {
    if (value.problem() != null) {
      return value.problem();
    }
    return (value.value() instanceof List<?> ? "a JSON list" : "a JSON value that is no object")
        + "; each record must be an object such as {\"text\": \"…\", \"label\": \"…\"}";
  }

  /** The fields by the normal forms of their names; of several with the same the first. */
  private static Map<String, Object> inNormalForm(Map<?, ?> object) {
    if (hasNormalNames(object)) {
      @SuppressWarnings("unchecked") // the names of a JSON object are texts
      Map<String, Object> columns = (Map<String, Object>) object;
      return columns;
    }
    Map<String, Object> columns = new LinkedHashMap<>();
    object.forEach((key, value) -> columns.putIfAbsent(columnName((String) key), value));
    return columns;
  }

  /** Almost all files have such names, whose rows need no second map. */
  private static boolean hasNormalNames(Map<?, ?> object) {
    for (Object name : object.keySet()) {
      if (!columnName((String) name).equals(name)) {
        return false;
      }
    }
    return true;
  }

  private static String repeated(Map<?, ?> object) {
    Set<String> seen = new HashSet<>();
    return object.keySet().stream()
        .map(key -> columnName((String) key))
        .filter(name -> !seen.add(name))
        .findFirst()
        .orElseThrow();
  }

  /** As a header's names are read; a name of which nothing is visible stays as it is. */
  private static String columnName(String key) {
    String name = NormalText.of(key);
    return name.isEmpty() ? key : name;
  }
}
