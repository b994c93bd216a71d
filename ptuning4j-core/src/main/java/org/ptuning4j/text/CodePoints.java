package org.ptuning4j.text;

/** A text's code points, which the native library counts, among its UTF-16 units. */
final class CodePoints {

  private static final char REPLACEMENT = '\uFFFD';

  /** The UTF-16 index of each code point; empty where both count alike, nearly always. */
  private final int[] indices;

  /** The text's length in UTF-16 units. */
  private final int length;

  private CodePoints(int[] indices, int length) {
    this.indices = indices;
    this.length = length;
  }

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
    int at = from;
    while (at < text.length()) {
      // Only a half that stands alone is a code point of its own within the surrogates' range.
      int codePoint = text.codePointAt(at);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return at;
      }
      at += Character.charCount(codePoint);
    }
    return -1;
  }

  static CodePoints of(String text) {
    int count = text.codePointCount(0, text.length());
    if (count == text.length()) {
      return new CodePoints(new int[0], count);
    }
    int[] indices = new int[count];
    int at = 0;
    for (int i = 0; i < count; i++) {
      indices[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    return new CodePoints(indices, at);
  }

  /** The UTF-16 index of a code point; the text's length for all that lie behind its end. */
  int utf16(int codePoint) {
    if (indices.length == 0) {
      return Math.min(codePoint, length);
    }
    return codePoint < indices.length ? indices[codePoint] : length;
  }
}
