package org.ptuning4j.task.template;

import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * What a task makes items with.
 *
 * @param tokenizer the model's
 * @param maxLength the longest row in tokens, special ones included, soft ones before the text not
 * @param direction which way the model sees a text
 */
public record ItemEncoder(TextTokenizer tokenizer, int maxLength, Direction direction) {

  /** For a model that sees the whole text. */
  public ItemEncoder(TextTokenizer tokenizer, int maxLength) {
    this(tokenizer, maxLength, Direction.BIDIRECTIONAL);
  }

  /** The same for rows of another length. */
  public ItemEncoder withMaxLength(int other) {
    return new ItemEncoder(tokenizer, other, direction);
  }

  /** A text, or a pair of texts, cut to the length. */
  public TokenRow row(String text, String pairOrNull, Truncation.Strategy strategy) {
    return row(tokenizer.encode(text, pairOrNull, new Truncation(maxLength, strategy, 0)));
  }

  /**
   * An encoding as a row, read at the token that stands for all of it. An empty text without
   * special tokens is one of padding.
   */
  public TokenRow row(Encoding encoding) {
    if (encoding.length() == 0) {
      return TokenRow.of(new int[] {tokenizer.padId()}, new int[1]);
    }
    return TokenRow.of(encoding.ids(), encoding.typeIds())
        .withAnchor(direction.summary(encoding.length()));
  }
}
