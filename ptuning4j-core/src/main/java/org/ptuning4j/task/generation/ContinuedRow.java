package org.ptuning4j.task.generation;

import java.util.Arrays;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.text.Encoding;

/** A text as a row that a model continues. */
final class ContinuedRow {

  private ContinuedRow() {}

  /**
   * A row of words that is continued at its end.
   *
   * @throws InvalidInputException if there is none
   */
  static TokenRow of(int[] ids) {
    if (ids.length == 0) {
      throw new InvalidInputException(
          "text: it has no token, and this model none that begins a text; give a word at least");
    }
    return TokenRow.of(ids, new int[ids.length]).withAnchor(ids.length - 1);
  }

  /** The tokens of a text, less those that a template adds behind it: they would end it. */
  static int[] ids(Encoding encoding) {
    int length = encoding.length();
    while (length > 0
        && encoding.isSpecial(length - 1)
        && Arrays.stream(encoding.sequenceIds(), 0, length).anyMatch(id -> id >= 0)) {
      length--;
    }
    return Arrays.copyOf(encoding.ids(), length);
  }
}
