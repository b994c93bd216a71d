package org.ptuning4j.task.generation;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * The tokens around a target.
 *
 * @param separator what stands between source and target
 * @param end the token that ends a text; empty where the tokenizer names none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TargetTokens(int[] separator, OptionalInt end) {

  /** Those of a tokenizer. */
  static TargetTokens of(TextTokenizer tokenizer, String separator) {
    return new TargetTokens(
        separator.isEmpty() ? new int[0] : words(tokenizer, separator), tokenizer.endId());
  }

  /**
   * Makes sure that targets can be learnt.
   *
   * @throws InvalidInputException if no token ends a text
   */
  void requireEnd() {
    if (end.isEmpty()) {
      throw new InvalidInputException(
          "task: the tokenizer names no token that ends texts (eos_token), so that a model could"
              + " not learn where to end");
    }
  }

  /** The tokens of a text without those that a template adds. */
  static int[] words(TextTokenizer tokenizer, String text) {
    Encoding encoding = tokenizer.encode(text, null, Truncation.none());
    return IntStream.range(0, encoding.length())
        .filter(position -> !encoding.isSpecial(position))
        .map(position -> encoding.ids()[position])
        .toArray();
  }

  /** A target's tokens with the one that ends it, cut to so many. */
  int[] target(TextTokenizer tokenizer, String text, int most) {
    int[] words = words(tokenizer, text);
    int[] ended = Arrays.copyOf(words, words.length + 1);
    ended[words.length] = end.orElseThrow();
    return ended.length > most ? Arrays.copyOf(ended, most) : ended;
  }
}
