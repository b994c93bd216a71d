package org.ptuning4j.task.template;

import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.text.TextTokenizer;

/**
 * The tokens with which a model like T5 fills a blank (Raffel et al., arXiv 1910.10683, section
 * 3.1.4).
 *
 * @param start what every target begins with: the padding token
 * @param sentinel what stands in the blank, and again before what fills it
 * @param end the sentinel that follows what fills it
 */
public record SentinelTokens(int start, int sentinel, int end) {

  /** The sentinel as people write it. */
  public static final String SENTINEL = "<extra_id_0>";

  private static final String END = "<extra_id_1>";

  /**
   * Those of a tokenizer.
   *
   * @throws InvalidInputException if the vocabulary lacks one
   */
  public static SentinelTokens of(TextTokenizer tokenizer) {
    return new SentinelTokens(tokenizer.padId(), token(SENTINEL, tokenizer), token(END, tokenizer));
  }

  /** Whether a tokenizer is that of a model which fills blanks so. */
  public static boolean areIn(TextTokenizer tokenizer) {
    return tokenizer.tokenId(SENTINEL).isPresent()
        || tokenizer.tokenId("\u2581" + SENTINEL).isPresent();
  }

  private static int token(String name, TextTokenizer tokenizer) {
    OptionalInt own = tokenizer.tokenId(name);
    // mT5's sentinels are pieces like others, with the mark of a word's beginning.
    return (own.isPresent() ? own : tokenizer.tokenId("\u2581" + name))
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "the tokenizer has no token '%s', and this model fills blanks with it; use the"
                        + " tokenizer that belongs to the model",
                    name));
  }
}
