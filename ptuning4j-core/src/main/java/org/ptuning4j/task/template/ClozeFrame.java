package org.ptuning4j.task.template;

import java.util.Arrays;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * The special tokens that a tokenizer puts around a text or around and between two, and the types
 * of them and of the texts: read off what it makes of a letter, so that every post-processor
 * counts.
 *
 * @param before what stands before the first text
 * @param between what stands between two texts; none for one
 * @param after what stands at the end
 * @param firstType the type of the first text's tokens
 * @param secondType the type of the second text's; RoBERTa and its kin have 0 only
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ClozeFrame(Special before, Special between, Special after, int firstType, int secondType) {

  /** Special tokens and their types. */
  record Special(int[] ids, int[] types) {}

  static ClozeFrame of(TextTokenizer tokenizer, boolean pair) {
    Encoding letters = tokenizer.encode("a", pair ? "a" : null, Truncation.none());
    int[] sequences = letters.sequenceIds();
    int first = first(sequences, 0);
    int firstEnd = end(sequences, 0);
    int second = pair ? first(sequences, 1) : firstEnd;
    int secondEnd = pair ? end(sequences, 1) : firstEnd;
    if (firstEnd == 0 || secondEnd == 0) {
      throw new InvalidInputException("the tokenizer has no token for 'a'");
    }
    return new ClozeFrame(
        special(letters, 0, first),
        special(letters, firstEnd, second),
        special(letters, secondEnd, letters.length()),
        letters.typeIds()[first],
        letters.typeIds()[secondEnd - 1]);
  }

  private static int first(int[] sequences, int sequence) {
    int at = 0;
    while (at < sequences.length && sequences[at] != sequence) {
      at++;
    }
    return at;
  }

  /** The position after the last token of a text; 0 where it has none. */
  private static int end(int[] sequences, int sequence) {
    int at = sequences.length;
    while (at > 0 && sequences[at - 1] != sequence) {
      at--;
    }
    return at;
  }

  private static Special special(Encoding encoding, int from, int to) {
    return new Special(
        Arrays.copyOfRange(encoding.ids(), from, to),
        Arrays.copyOfRange(encoding.typeIds(), from, to));
  }
}
