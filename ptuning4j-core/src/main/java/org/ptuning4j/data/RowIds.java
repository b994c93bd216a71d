package org.ptuning4j.data;

import java.util.List;
import java.util.Map;

/** What a row calls itself, for {@link Example#ids}. */
public final class RowIds {

  /** Columns that name a row; the first that is there counts. */
  private static final List<String> COLUMNS = List.of("id", "idx", "guid", "index");

  private RowIds() {}

  /** The {@code id} of a JSON value, if it is an object that has one. */
  public static Map<String, Object> ofObject(Object value) {
    return value instanceof Map<?, ?> object ? of(object) : Map.of();
  }

  /** The row's {@code id}, as the file writes it; nothing where it has none. */
  public static Map<String, Object> of(Map<?, ?> columns) {
    for (String column : COLUMNS) {
      Object value = columns.get(column);
      if (value instanceof String || value instanceof Number) {
        return Map.of("id", value);
      }
    }
    return Map.of();
  }
}
