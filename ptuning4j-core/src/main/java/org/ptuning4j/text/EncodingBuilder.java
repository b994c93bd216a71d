package org.ptuning4j.text;

import java.util.List;

/** Puts the windows of one or two texts and the special tokens together, piece by piece. */
final class EncodingBuilder {

  /** The byte-level spelling of a space. */
  private static final char SPACE = 'Ġ';

  private final int[] ids;
  private final int[] typeIds;
  private final int[] wordIds;
  private final int[] sequenceIds;
  private final int[] starts;
  private final int[] ends;
  private int length;

  EncodingBuilder(int length) {
    this.ids = new int[length];
    this.typeIds = new int[length];
    this.wordIds = new int[length];
    this.sequenceIds = new int[length];
    this.starts = new int[length];
    this.ends = new int[length];
  }

  void add(PostProcessing.Special special) {
    for (int id : special.ids()) {
      ids[length] = id;
      typeIds[length] = special.typeId();
      wordIds[length] = -1;
      sequenceIds[length] = -1;
      length++;
    }
  }

  void add(PostProcessing.Text piece, RawTokens text, Window window, List<Boolean> trims) {
    for (int i = window.start(); i < window.end(); i++) {
      ids[length] = text.ids()[i];
      typeIds[length] = piece.typeId();
      wordIds[length] = text.words()[i];
      sequenceIds[length] = piece.sequence();
      Span span = new Span(text.starts()[i], text.ends()[i]);
      for (boolean prefixSpace : trims) {
        span = span.trimmed(text.tokens()[i], i == window.start(), prefixSpace);
      }
      starts[length] = text.utf16(i, span.start);
      ends[length] = text.utf16(i, span.end);
      length++;
    }
  }

  Encoding build() {
    return new Encoding(ids, typeIds, wordIds, sequenceIds, starts, ends);
  }

  /** Offsets of a token in code points, end exclusive. */
  private record Span(int start, int end) {

    /**
     * Leaves out the spaces at the token's edges, as the native library does: the single space
     * before a window's first token stays where the tokenizer is one that puts a space there
     * itself.
     */
    Span trimmed(String token, boolean first, boolean prefixSpace) {
      int leading = leadingSpaces(token);
      int trailing = trailingSpaces(token);
      boolean put = prefixSpace && leading == 1 && (first || start == 0);
      int from = put ? start : Math.min(start + leading, end);
      int to = end >= trailing ? Math.max(end - trailing, from) : end;
      return new Span(from, to);
    }

    private static int leadingSpaces(String token) {
      int count = 0;
      while (count < token.length() && isSpace(token.charAt(count))) {
        count++;
      }
      return count;
    }

    private static int trailingSpaces(String token) {
      int count = 0;
      while (count < token.length() && isSpace(token.charAt(token.length() - 1 - count))) {
        count++;
      }
      return count;
    }

    /** Unicode's property White_Space, which neither of Java's own two tests is. */
    private static boolean isSpace(char c) {
      return c == SPACE || Character.isSpaceChar(c) || (c >= '\t' && c <= '\r') || c == '\u0085';
    }
  }
}
