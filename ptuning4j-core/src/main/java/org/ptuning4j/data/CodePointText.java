package org.ptuning4j.data;

import java.util.Optional;

/**
 * A text whose places are counted in Unicode code points, as Python counts them and so the offsets
 * of the published data sets. A Java string counts UTF-16 units: an emoji is two of them.
 */
public record CodePointText(String text) {

  /** How many code points it has. */
  public int length() {
    return text.codePointCount(0, text.length());
  }

  /**
   * The UTF-16 index of a code point, or empty where the text ends before it.
   *
   * @param codePoint counted from 0; the text's length is the place after its last character
   */
  public Optional<Integer> utf16(int codePoint) {
    return codePoint < 0 || codePoint > length()
        ? Optional.empty()
        : Optional.of(text.offsetByCodePoints(0, codePoint));
  }

  /** The code points from {@code start} up to {@code end}, without the one there. */
  public Optional<String> between(int start, int end) {
    Optional<Integer> last = utf16(end);
    return start > end || last.isEmpty()
        ? Optional.empty()
        : utf16(start).map(first -> text.substring(first, last.get()));
  }

  /** Up to {@code count} code points from a UTF-16 index on. */
  public String upTo(int count, int utf16) {
    int left = text.codePointCount(utf16, text.length());
    return text.substring(utf16, text.offsetByCodePoints(utf16, Math.min(count, left)));
  }

  /**
   * Where the part occurs nearest to a code point, in code points; empty where it does not occur.
   */
  public Optional<Integer> nearest(String part, int codePoint) {
    int wanted = utf16(codePoint).orElse(text.length());
    int after = text.indexOf(part, wanted);
    int before = text.lastIndexOf(part, wanted);
    if (after < 0 && before < 0) {
      return Optional.empty();
    }
    boolean takeAfter = before < 0 || (after >= 0 && after - wanted < wanted - before);
    return Optional.of(text.codePointCount(0, takeAfter ? after : before));
  }
}
