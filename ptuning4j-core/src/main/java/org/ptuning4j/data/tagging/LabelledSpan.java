package org.ptuning4j.data.tagging;

import org.ptuning4j.InvalidInputException;

/**
 * A stretch of words with a label: an entity or a role.
 *
 * @param start the index of its first word, counted from 0
 * @param end the index of the word after its last
 * @param label such as {@code PER} or {@code ARG0}
 */
public record LabelledSpan(int start, int end, String label) {

  /** Checks that there is a word and a label. */
  public LabelledSpan {
    if (start < 0 || end <= start) {
      throw InvalidInputException.of(
          "a span from word %d to before word %d holds no word", start, end);
    }
    if (label.isBlank()) {
      throw new InvalidInputException("a span has no label");
    }
  }
}
