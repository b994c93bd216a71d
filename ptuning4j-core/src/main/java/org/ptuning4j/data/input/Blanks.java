package org.ptuning4j.data.input;

/** What shows nothing: white space of every kind, and signs without a width. */
public final class Blanks {

  private Blanks() {}

  /** Whether a text has nothing to be seen in it, or is empty. */
  public static boolean only(String text) {
    return text.codePoints().allMatch(Blanks::isBlank);
  }

  /**
   * Whether a character shows nothing. Beside what Java takes for white space these are the spaces
   * that do not break, and signs of no width such as U+200B and U+FEFF.
   */
  public static boolean isBlank(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || (codePoint >= 0x200B && codePoint <= 0x200F)
        || codePoint == 0x2060
        || codePoint == 0xFEFF
        || codePoint == 0x00AD
        || codePoint == 0x0085;
  }
}
