package org.ptuning4j.study.table;

import org.jline.utils.WCWidth;

/** How many places of a terminal a text takes. */
public final class TextWidth {

  private TextWidth() {}

  /** The places that a text without line breaks takes: two for East Asian signs and emoji. */
  public static int of(String text) {
    return text.codePoints().map(TextWidth::of).sum();
  }

  private static int of(int codePoint) {
    return Math.max(0, WCWidth.wcwidth(codePoint)); // it says -1 of control characters
  }

  /**
   * A text without line breaks and control characters, which would tear a table or command a
   * terminal.
   */
  public static String oneLine(String text) {
    return text.replaceAll("[\\p{Cc}\\u2028\\u2029\\s]+", " ").strip();
  }

  /** The beginning of a text that takes at most so many places. */
  static String shortened(String text, int width) {
    String line = oneLine(text);
    if (of(line) <= width) {
      return line;
    }
    StringBuilder start = new StringBuilder();
    int used = 0;
    for (int codePoint : line.codePoints().toArray()) {
      used += of(codePoint);
      if (used > width - 1) {
        break;
      }
      start.appendCodePoint(codePoint);
    }
    return start.toString().strip() + "…";
  }
}
