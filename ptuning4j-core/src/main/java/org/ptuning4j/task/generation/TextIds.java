package org.ptuning4j.task.generation;

import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** The tokens of a whole text that goes on: with those before it, without those behind it. */
final class TextIds {

  private TextIds() {}

  static int[] of(TextTokenizer tokenizer, String text) {
    return ContinuedRow.ids(tokenizer.encode(text, null, Truncation.none()));
  }
}
