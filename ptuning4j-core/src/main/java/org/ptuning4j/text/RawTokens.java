package org.ptuning4j.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;

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

  /** The number of the text or word that a token comes from. */
  int textNumber(int token) {
    return preTokenized ? words[token] : 0;
  }

  /** The text or word that a token comes from. */
  String textOf(int token, List<String> texts) {
    return texts.get(textNumber(token));
  }

  /** The same tokens with other ids; without those for which the id is negative. */
  RawTokens withIds(int[] newIds) {
    int[] kept = IntStream.range(0, length()).filter(token -> newIds[token] >= 0).toArray();
    return new RawTokens(
        IntStream.of(kept).map(token -> newIds[token]).toArray(),
        IntStream.of(kept).map(token -> words[token]).toArray(),
        IntStream.of(kept).mapToObj(token -> tokens[token]).toArray(String[]::new),
        IntStream.of(kept).map(token -> starts[token]).toArray(),
        IntStream.of(kept).map(token -> ends[token]).toArray(),
        preTokenized,
        points);
  }

  /**
   * The tokens of pieces that were encoded each by itself as those of one text.
   *
   * @param lengths the number of code points of each piece
   */
  static RawTokens joined(List<RawTokens> pieces, int[] lengths, CodePoints points) {
    int[] shifts = new int[pieces.size()];
    int[] firstWords = new int[pieces.size()];
    for (int i = 1; i < shifts.length; i++) {
      shifts[i] = shifts[i - 1] + lengths[i - 1];
      firstWords[i] =
          firstWords[i - 1] + IntStream.of(pieces.get(i - 1).words).max().orElse(-1) + 1;
    }
    return new RawTokens(
        inPieces(pieces, (piece, token) -> pieces.get(piece).ids[token]),
        inPieces(pieces, (piece, token) -> pieces.get(piece).words[token] + firstWords[piece]),
        pieces.stream().flatMap(piece -> Arrays.stream(piece.tokens)).toArray(String[]::new),
        inPieces(pieces, (piece, token) -> pieces.get(piece).starts[token] + shifts[piece]),
        inPieces(pieces, (piece, token) -> pieces.get(piece).ends[token] + shifts[piece]),
        false,
        List.of(points));
  }

  private static int[] inPieces(List<RawTokens> pieces, IntBinaryOperator value) {
    return IntStream.range(0, pieces.size())
        .flatMap(
            piece ->
                IntStream.range(0, pieces.get(piece).length())
                    .map(token -> value.applyAsInt(piece, token)))
        .toArray();
  }

  /**
   * The tokens of pieces of words, which were encoded as words, as those of the whole words.
   *
   * @param wordOf the number of the word that each piece is part of
   * @param shifts where each piece starts in its word, in code points
   */
  RawTokens ofWholeWords(int[] wordOf, int[] shifts, List<CodePoints> wholeWords) {
    int[] shift = IntStream.of(words).map(piece -> shifts[piece]).toArray();
    return new RawTokens(
        ids,
        IntStream.of(words).map(piece -> wordOf[piece]).toArray(),
        tokens,
        IntStream.range(0, length()).map(token -> starts[token] + shift[token]).toArray(),
        IntStream.range(0, length()).map(token -> ends[token] + shift[token]).toArray(),
        true,
        wholeWords);
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
    return points.get(textNumber(token)).utf16(codePoint);
  }

  private static int[] ints(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }
}
