package org.ptuning4j.backbone.encoder;

import org.ptuning4j.backbone.TokenBatch;

/** How position ids are counted, with the shift that a prompt may ask for. */
public enum PositionIds {
  /** BERT: s, s+1, … for every column, padding or not. */
  FROM_ZERO {
    @Override
    void fill(TokenBatch batch, int row, int shift, int padId, long[] ids) {
      for (int column = 0; column < batch.columns(); column++) {
        ids[row * batch.columns() + column] = (long) shift + column;
      }
    }

    @Override
    int usable(int table, int padId) {
      return table;
    }

    @Override
    int defaultPadId() {
      return 0;
    }
  },
  /** RoBERTa: padId+1+s, padId+2+s, … for real tokens; padding stays at padId. */
  AFTER_PADDING {
    @Override
    void fill(TokenBatch batch, int row, int shift, int padId, long[] ids) {
      long next = padId + 1L + shift;
      for (int column = 0; column < batch.columns(); column++) {
        int at = row * batch.columns() + column;
        ids[at] = batch.ids()[at] == padId ? padId : next++;
      }
    }

    @Override
    int usable(int table, int padId) {
      return table - padId - 1;
    }

    @Override
    int defaultPadId() {
      return 1;
    }
  };

  /** Writes one row's position ids into {@code ids}, {@code [B, n]}. */
  abstract void fill(TokenBatch batch, int row, int shift, int padId, long[] ids);

  /** How many positions of the table a sequence can take. */
  abstract int usable(int table, int padId);

  /** The padding id of a configuration that names none. */
  abstract int defaultPadId();
}
