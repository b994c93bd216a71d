package org.ptuning4j.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.util.List;

/**
 * The tokens of one text as the model gave them: no truncation, no special tokens, offsets in code
 * points with the spaces of byte-level tokens still in them.
 *
 * @param ids token ids
 * @param words word numbers
 * @param tokens the tokens' own text
 * @param starts first code point
 * @param ends last code point, exclusive
 * @param preTokenized whether the text was given as words
 * @param points per word for pre-tokenised input, else one for the text
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record RawTokens(
    int[] ids,
    int[] words,
    String[] tokens,
    int[] starts,
    int[] ends,
    boolean preTokenized,
    List<CodePoints> points) {

  static RawTokens ofText(ai.djl.huggingface.tokenizers.Encoding encoding, CodePoints points) {
    return of(encoding, false, List.of(points));
  }

  static RawTokens ofWords(
      ai.djl.huggingface.tokenizers.Encoding encoding, List<CodePoints> points) {
    return of(encoding, true, points);
  }

  private static RawTokens of(
      ai.djl.huggingface.tokenizers.Encoding encoding,
      boolean preTokenized,
      List<CodePoints> points) {
    CharSpan[] spans = encoding.getCharTokenSpans();
    int[] starts = new int[spans.length];
    int[] ends = new int[spans.length];
    for (int i = 0; i < spans.length; i++) {
      starts[i] = spans[i].getStart();
      ends[i] = spans[i].getEnd();
    }
    return new RawTokens(
        ints(encoding.getIds()),
        ints(encoding.getWordIds()),
        encoding.getTokens(),
        starts,
        ends,
        preTokenized,
        points);
  }

  int length() {
    return ids.length;
  }

  /**
   * How many tokens the Hugging Face library (since 0.23) reads before it stops: it goes on to the
   * end of the word in which it has maxLength of them. It compares these numbers, not the lengths,
   * to find the longer of two texts. Text given as words is read to its end.
   */
  int read(Truncation truncation) {
    int length = length();
    if (preTokenized || length <= truncation.maxLength()) {
      return length;
    }
    int read = truncation.maxLength();
    boolean left = truncation.direction() == Truncation.Direction.LEFT;
    while (read < length && words[at(read, left)] == words[at(read - 1, left)]) {
      read++;
    }
    return read;
  }

  private int at(int position, boolean fromEnd) {
    return fromEnd ? length() - 1 - position : position;
  }

  /** A code point's index in UTF-16 units, in the text or word that the token comes from. */
  int utf16(int token, int codePoint) {
    return points.get(preTokenized ? words[token] : 0).utf16(codePoint);
  }

  private static int[] ints(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }
}
