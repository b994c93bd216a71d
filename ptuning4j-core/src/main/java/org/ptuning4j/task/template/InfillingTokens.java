package org.ptuning4j.task.template;

import java.util.List;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.text.TextTokenizer;

/**
 * The tokens with which a model like GLM fills a blank.
 *
 * @param mask what stands in the gap
 * @param start what a filling begins with
 * @param end what ends it
 */
public record InfillingTokens(int mask, int start, int end) {

  /** The masks as people write them: for a few words, a sentence, and the rest of a text. */
  public static final List<String> MASKS = List.of("[MASK]", "[sMASK]", "[gMASK]");

  private static final String START = "<|startofpiece|>";
  private static final String END = "<|endofpiece|>";

  /**
   * Those of a tokenizer, with the mask for a few words.
   *
   * @throws InvalidInputException if the vocabulary lacks one
   */
  public static InfillingTokens of(TextTokenizer tokenizer) {
    return new InfillingTokens(
        mask(MASKS.get(0), tokenizer).orElseThrow(() -> missing(MASKS.get(0))),
        tokenizer.tokenId(START).orElseThrow(() -> missing(START)),
        tokenizer.tokenId(END).orElseThrow(() -> missing(END)));
  }

  /** Whether a tokenizer is that of a model which fills blanks. */
  public static boolean areIn(TextTokenizer tokenizer) {
    return tokenizer.tokenId(START).isPresent();
  }

  private static InvalidInputException missing(String token) {
    return InvalidInputException.of(
        "the tokenizer has no token '%s', and this model fills blanks with it; use the tokenizer"
            + " that belongs to the model, with its added_tokens.json",
        token);
  }

  /** The token of a mask as people write it; the first is the tokenizer's own mask. */
  public static OptionalInt mask(String written, TextTokenizer tokenizer) {
    OptionalInt own = tokenizer.tokenId(written);
    return own.isEmpty() && written.equals(MASKS.get(0)) ? tokenizer.maskId() : own;
  }

  /** The same with another mask. */
  public InfillingTokens withMask(int other) {
    return new InfillingTokens(other, start, end);
  }
}
