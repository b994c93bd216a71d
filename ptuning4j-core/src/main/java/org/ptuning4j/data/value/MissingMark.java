package org.ptuning4j.data.value;

import java.util.Locale;
import java.util.Set;

/**
 * What programs write where a value is missing: pandas' {@code nan}, Python's {@code None}, a
 * spreadsheet's {@code #N/A}. Any of them may be a real label ("none", "NA" for North America), so
 * this is something to warn of, never to act on.
 */
public final class MissingMark {

  private static final Set<String> MARKS =
      Set.of(
          "nan",
          "-nan",
          "none",
          "null",
          "nil",
          "na",
          "n/a",
          "<na>",
          "#n/a",
          "#na",
          "nat",
          "undefined",
          "-",
          "--",
          "?");

  private MissingMark() {}

  /** Whether a text is nothing but such a mark. */
  public static boolean isOne(String text) {
    return text.length() < 16 && MARKS.contains(NormalText.of(text).toLowerCase(Locale.ROOT));
  }
}
