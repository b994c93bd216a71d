package org.ptuning4j.study.table;

/** How many places of a terminal a text takes. */
public final class TextWidth {

  /** First and last code points of what East Asian fonts and emoji draw two places wide. */
  private static final int[][] WIDE = {
    {0x1100, 0x115F},
    {0x2E80, 0x303E},
    {0x3041, 0x33FF},
    {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},
    {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD}
  };

  private TextWidth() {}

  /** The places that a text without line breaks takes. */
  static int of(String text) {
    return text.codePoints().map(TextWidth::of).sum();
  }

  private static int of(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    for (int[] range : WIDE) {
      if (codePoint >= range[0] && codePoint <= range[1]) {
        return 2;
      }
    }
    return 1;
  }

  /** Line breaks and control characters, which would tear a table or command a terminal, go. */
  static String oneLine(String text) {
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
