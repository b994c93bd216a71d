package org.ptuning4j.backbone.transformer;

import org.ptuning4j.backbone.TokenBatch;

/**
 * How a family's tokens get their positions.
 *
 * @param ids how positions are counted and found in a table
 * @param table the number of positions: rows of the table, or as many as the model was made for
 * @param padId the id of the padding token
 */
public record Positions(PositionIds ids, int table, int padId) {

  /** How many positions a sequence can take, a shift by the prompt included. */
  public int usable() {
    return ids.usable(table, padId);
  }

  /**
   * Writes one row's positions, moved up by its shift.
   *
   * @param into {@code [B, n]}
   */
  void fill(TokenBatch tokens, int row, int shift, int[] into) {
    ids.fill(tokens, row, shift, padId, into);
  }
}
