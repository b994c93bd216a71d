package org.ptuning4j.task.template;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.text.TextTokenizer;

/**
 * The tokens that a model has embeddings for. A tokenizer may have more: tokens were added to it
 * and the model was not resized.
 *
 * @param tokenizer the model's
 * @param embeddings the number of the model's word embeddings
 */
public record KnownTokens(TextTokenizer tokenizer, int embeddings) {

  /**
   * Makes sure that the model can read items.
   *
   * @throws InvalidInputException naming the first token that it has no embedding for
   */
  public void require(List<Item> items) {
    if (!isAll()) {
      items.forEach(item -> item.rows().forEach(this::requireIn));
    }
  }

  /** Whether there is an embedding for each of the tokenizer's tokens. */
  public boolean isAll() {
    return tokenizer.vocabularySize() <= embeddings;
  }

  /** The same of one row. */
  public void requireIn(TokenRow row) {
    for (int at = 0; at < row.length(); at++) {
      boolean word = row.slots().length == 0 || row.slots()[at] == TokenRow.WORD;
      int id = row.ids()[at];
      if (word && id >= embeddings) {
        throw InvalidInputException.of(
            "the token '%s' (%d) has no embedding: the model has %d, the tokenizer %d tokens",
            tokenizer.token(id), id, embeddings, tokenizer.vocabularySize());
      }
    }
  }
}
