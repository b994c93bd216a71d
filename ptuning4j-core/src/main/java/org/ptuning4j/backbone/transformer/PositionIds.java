package org.ptuning4j.backbone.transformer;

import java.util.stream.IntStream;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;

/** How position ids are counted, with the shift that a prompt may ask for. */
public enum PositionIds {
  /** BERT: s, s+1, … for every column, padding or not. */
  FROM_ZERO {
    @Override
    void fill(TokenBatch batch, int row, int shift, int padId, int[] ids) {
      for (int column = 0; column < batch.columns(); column++) {
        ids[row * batch.columns() + column] = shift + given(batch, row, column, column);
      }
    }

    @Override
    int usable(int table, int padId) {
      return table;
    }

    @Override
    public int defaultPadId() {
      return 0;
    }
  },
  /**
   * RoBERTa: padId+1+s, padId+2+s, … for real tokens; padding stays at padId. In a row of words
   * every padding id is padding, even within the text. A row with soft tokens has vectors in the
   * place of ids, so that only its mask tells what padding is.
   */
  AFTER_PADDING {
    @Override
    void fill(TokenBatch batch, int row, int shift, int padId, int[] ids) {
      int next = 0;
      boolean soft = hasSoftTokens(batch, row);
      for (int column = 0; column < batch.columns(); column++) {
        int at = row * batch.columns() + column;
        boolean padding = soft ? batch.mask()[at] == 0 : batch.ids()[at] == padId;
        ids[at] = padding ? padId : padId + 1 + shift + given(batch, row, column, next++);
      }
    }

    // Asked row by row: what a row gives must not depend on whether another one has soft tokens.
    private boolean hasSoftTokens(TokenBatch batch, int row) {
      int first = row * batch.columns();
      return batch.slots().length > 0
          && IntStream.range(first, first + batch.columns())
              .anyMatch(at -> batch.slots()[at] != TokenRow.WORD);
    }

    @Override
    int usable(int table, int padId) {
      return (int) Math.max(0, (long) table - padId - 1);
    }

    @Override
    public int defaultPadId() {
      return 1;
    }
  },
  /**
   * Decoders: s, s+1, … for tokens; padding before and between them is not counted, so that it may
   * as well be on the left. That at the end has the positions that follow.
   */
  OF_TOKENS {
    @Override
    void fill(TokenBatch batch, int row, int shift, int padId, int[] ids) {
      int counted = 0;
      int length = batch.length(row);
      for (int column = 0; column < batch.columns(); column++) {
        int at = row * batch.columns() + column;
        counted += batch.mask()[at] == 0 && column < length ? 0 : 1;
        ids[at] = shift + given(batch, row, column, Math.max(0, counted - 1));
      }
    }

    @Override
    int needed(TokenBatch batch, int row) {
      int first = row * batch.columns();
      return (int)
          IntStream.range(first, first + batch.columns())
              .filter(at -> batch.mask()[at] != 0)
              .count();
    }

    @Override
    int usable(int table, int padId) {
      return table;
    }

    @Override
    public int defaultPadId() {
      return 0;
    }
  },
  /**
   * GLM: s, s+1, … for every column of a text; what fills a blank has the position of the blank, as
   * the batch gives it, and a second position that counts within it and is never moved.
   */
  WITH_BLANKS {
    @Override
    void fill(TokenBatch batch, int row, int shift, int padId, int[] ids) {
      FROM_ZERO.fill(batch, row, shift, padId, ids);
    }

    @Override
    int needed(TokenBatch batch, int row) {
      if (batch.geometry().positions().isEmpty()) {
        return batch.length(row);
      }
      int first = row * batch.columns();
      int[] given = batch.geometry().positions().get(0);
      return 1
          + IntStream.range(first, first + batch.columns())
              .filter(at -> batch.mask()[at] != 0)
              .map(at -> given[at])
              .max()
              .orElse(-1);
    }

    @Override
    int usable(int table, int padId) {
      return table;
    }

    @Override
    public int defaultPadId() {
      return 0;
    }

    @Override
    int rows() {
      return 2;
    }
  };

  /** The position that the batch carries, or the one that is counted where it carries none. */
  private static int given(TokenBatch batch, int row, int column, int counted) {
    return batch.geometry().positions().isEmpty()
        ? counted
        : batch.geometry().positions().get(0)[row * batch.columns() + column];
  }

  /** Writes one row's position ids into {@code ids}, {@code [B, n]}. */
  abstract void fill(TokenBatch batch, int row, int shift, int padId, int[] ids);

  /** How many positions a row takes, without a shift. */
  int needed(TokenBatch batch, int row) {
    return batch.length(row);
  }

  /** How many rows of positions a batch may have. */
  int rows() {
    return 1;
  }

  /** How many positions of the table a sequence can take. */
  abstract int usable(int table, int padId);

  /** The padding id of a configuration that names none. */
  public abstract int defaultPadId();
}
