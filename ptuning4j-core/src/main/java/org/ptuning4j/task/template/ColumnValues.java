package org.ptuning4j.task.template;

import java.util.List;
import java.util.Map;

/** Names the values of a column the way its owner would. */
public final class ColumnValues {

  private static final int SHOWN = 60;

  private ColumnValues() {}

  /** What the value is: {@code text}, {@code number}, {@code boolean}, {@code list}, … */
  public static String kind(Object value) {
    if (value instanceof String) {
      return "text";
    }
    if (value instanceof Number) {
      return "number";
    }
    if (value instanceof Boolean) {
      return "boolean";
    }
    return value instanceof List<?> ? "list" : value instanceof Map<?, ?> ? "object" : "nothing";
  }

  /** The value on one line, cut where it is long. */
  public static String shown(Object value) {
    String line = value.toString().strip().replaceAll("\\s+", " ");
    int cut = line.offsetByCodePoints(0, Math.min(SHOWN, line.codePointCount(0, line.length())));
    return cut < line.length() ? line.substring(0, cut) + "…" : line;
  }
}
