package org.ptuning4j.task.tagging;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;

/** How a model is told which word of a sentence is the predicate. */
public enum PredicateMark {
  /**
   * The predicate's word follows the sentence as a second text, as in P-tuning v2. Where the word
   * occurs twice in the sentence, the model cannot know which of the two is meant.
   */
  PAIR,
  /**
   * The same, and an asterisk stands on either side of the predicate in the sentence. A frozen
   * backbone knows asterisks as marks of emphasis, whichever family it is of; token types would do
   * the same for BERT but not for RoBERTa, which has only one.
   */
  MARKER;

  /** As it is written in files and on the command line: pair, marker. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #label} writes.
   *
   * @throws InvalidInputException where it is neither
   */
  public static PredicateMark parse(String text) {
    for (PredicateMark mark : values()) {
      if (mark.label().equals(text)) {
        return mark;
      }
    }
    throw InvalidInputException.of("predicate: '%s' is not one of pair, marker", text);
  }
}
