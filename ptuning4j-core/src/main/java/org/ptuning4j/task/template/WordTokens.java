package org.ptuning4j.task.template;

import java.util.Arrays;
import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** The tokens of words that stand within a sentence. */
public final class WordTokens {

  private WordTokens() {}

  /** The token ids of a word or wording with a space before it. */
  public static int[] of(String word, TextTokenizer tokenizer) {
    String space = tokenizer.prependsSpace() ? "" : " ";
    return tokenizer
        .encodeWithoutSpecialTokens(space + word.strip(), null, Truncation.none())
        .ids();
  }

  /**
   * The token ids of a word that stands for a label.
   *
   * @throws InvalidInputException where the vocabulary cannot spell it
   */
  public static List<Integer> ofLabelWord(String label, String word, TextTokenizer tokenizer) {
    int[] ids = of(word, tokenizer);
    int unknown = tokenizer.unkId().orElse(-1);
    if (ids.length == 0 || Arrays.stream(ids).anyMatch(id -> id == unknown)) {
      throw InvalidInputException.of(
          "word '%s' for label '%s' is not in the model's vocabulary; choose another word",
          word, label);
    }
    return Arrays.stream(ids).boxed().toList();
  }
}
