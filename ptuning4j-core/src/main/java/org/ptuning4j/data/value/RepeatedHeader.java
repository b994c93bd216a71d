package org.ptuning4j.data.value;

import java.util.Map;

/** A header line among the data, as it is left over where files are joined. */
public final class RepeatedHeader {

  /** No column's name is longer; a text that is need not be looked at. */
  private static final int LONGEST = 100;

  private RepeatedHeader() {}

  /** Whether every value, of two at least, is the name of its own column. */
  public static boolean isIn(Map<String, ?> columns) {
    for (Map.Entry<String, ?> column : columns.entrySet()) {
      boolean repeated =
          column.getValue() instanceof String text
              && text.length() < LONGEST
              && NormalText.areSame(column.getKey(), text);
      if (!repeated) {
        return false;
      }
    }
    return columns.size() > 1;
  }

  /** What is wrong with such a row. */
  public static String problem() {
    return "it repeats the header (several files in one?); delete the line";
  }
}
