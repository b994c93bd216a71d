package org.ptuning4j.text;

/** The native library counts Unicode code points, Java counts UTF-16 units. */
final class CodePoints {

  private static final char REPLACEMENT = '\uFFFD';

  private CodePoints() {}

  /**
   * Replaces each half of a surrogate pair that stands alone by U+FFFD. Such a half is no
   * character; the native library would make three of it and shift all offsets after it.
   */
  static String withoutLoneSurrogates(String text) {
    int first = loneSurrogate(text, 0);
    if (first < 0) {
      return text;
    }
    StringBuilder repaired = new StringBuilder(text);
    for (int at = first; at >= 0; at = loneSurrogate(text, at + 1)) {
      repaired.setCharAt(at, REPLACEMENT);
    }
    return repaired.toString();
  }

  private static int loneSurrogate(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (!paired) {
        return i;
      }
      i++;
    }
    return -1;
  }

  /**
   * The UTF-16 index of each code point, with the text's length at the end. Empty where both count
   * alike, which is nearly always.
   */
  static int[] utf16Indices(String text) {
    int count = text.codePointCount(0, text.length());
    if (count == text.length()) {
      return new int[0];
    }
    int[] indices = new int[count + 1];
    int at = 0;
    for (int i = 0; i < count; i++) {
      indices[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    indices[count] = at;
    return indices;
  }
}
