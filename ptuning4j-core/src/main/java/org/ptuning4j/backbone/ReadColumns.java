package org.ptuning4j.backbone;

import java.util.Arrays;

/**
 * The columns of a batch whose states are wanted. Their queries meet all keys; the others are not
 * computed. It keeps the numbers of its columns, from which masks, positions and distances of the
 * tokens that are read are found.
 *
 * @param columns n, the columns of the batch
 * @param anchors {@code [B]}: the column of each row that is read; empty where all are
 */
@SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
public record ReadColumns(int columns, int[] anchors) {

  /** Every column. */
  public static ReadColumns all(int columns) {
    return new ReadColumns(columns, new int[0]);
  }

  /** One column of each row. */
  static ReadColumns one(int[] anchors, int columns) {
    return new ReadColumns(columns, anchors);
  }

  /** Whether every column is read. */
  public boolean isAll() {
    return anchors.length == 0;
  }

  /** m, how many columns of each row are read. */
  public int count() {
    return isAll() ? columns : 1;
  }

  /** The column of the i-th that is read in a row. */
  public int column(int row, int i) {
    return isAll() ? i : anchors[row];
  }

  /** Whether all rows are read at the same columns. */
  public boolean isSameInAllRows() {
    return isAll() || Arrays.stream(anchors).allMatch(anchor -> anchor == anchors[0]);
  }

  /** Where the columns are in {@code [B · n]}; one for each row. */
  public long[] flat() {
    long[] flat = new long[anchors.length];
    Arrays.setAll(flat, row -> (long) row * columns + anchors[row]);
    return flat;
  }
}
