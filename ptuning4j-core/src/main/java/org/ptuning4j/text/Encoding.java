package org.ptuning4j.text;

import java.util.Arrays;
import java.util.Objects;
import org.ptuning4j.InvalidInputException;

/**
 * A tokenised text, or pair of texts: parallel arrays with one entry per token. The arrays are not
 * copied, neither here nor by the accessors: treat them as read-only.
 *
 * @param ids the token ids
 * @param typeIds the token types (BERT's segments), as the tokenizer's template sets them
 * @param wordIds the number of the word, within its own text, that the token comes from; -1 for the
 *     special tokens that the template added. For pre-tokenised input it is the index of the given
 *     word
 * @param sequenceIds 0 for tokens of the first text, 1 for tokens of the second, -1 for special
 *     tokens that the template added. A special token written out in the text belongs to the text
 * @param starts where the token's characters start in the original text, in UTF-16 units (the
 *     indices of {@link String#charAt}); for pre-tokenised input within the word; 0 for special
 *     tokens
 * @param ends where the token's characters end, exclusive. Several tokens may cover the same
 *     character (byte-level tokens of one emoji), and a token may cover none
 */
@SuppressWarnings("ArrayRecordComponent") // Equality is by value, and a box per number costs.
public record Encoding(
    int[] ids, int[] typeIds, int[] wordIds, int[] sequenceIds, int[] starts, int[] ends) {

  /**
   * Checks that the arrays belong together.
   *
   * @throws InvalidInputException when their lengths differ
   */
  public Encoding {
    Objects.requireNonNull(ids, "ids");
    requireLength("typeIds", typeIds, ids.length);
    requireLength("wordIds", wordIds, ids.length);
    requireLength("sequenceIds", sequenceIds, ids.length);
    requireLength("starts", starts, ids.length);
    requireLength("ends", ends, ids.length);
  }

  private static void requireLength(String name, int[] values, int length) {
    Objects.requireNonNull(values, name);
    if (values.length != length) {
      throw InvalidInputException.of(
          "encoding: %s has %d entries, but ids has %d; they must agree",
          name, values.length, length);
    }
  }

  /** The number of tokens n, special tokens included. */
  public int length() {
    return ids.length;
  }

  /** Whether the token at this position was added by the template and is no part of a text. */
  public boolean isSpecial(int position) {
    return sequenceIds[position] < 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Encoding that
        && Arrays.equals(ids, that.ids)
        && Arrays.equals(typeIds, that.typeIds)
        && Arrays.equals(wordIds, that.wordIds)
        && Arrays.equals(sequenceIds, that.sequenceIds)
        && Arrays.equals(starts, that.starts)
        && Arrays.equals(ends, that.ends);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + Arrays.hashCode(starts);
  }

  @Override
  public String toString() {
    return "Encoding[ids=%s, typeIds=%s, wordIds=%s, sequenceIds=%s, starts=%s, ends=%s]"
        .formatted(
            Arrays.toString(ids),
            Arrays.toString(typeIds),
            Arrays.toString(wordIds),
            Arrays.toString(sequenceIds),
            Arrays.toString(starts),
            Arrays.toString(ends));
  }
}
