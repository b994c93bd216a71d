package org.ptuning4j.backbone;

import java.util.List;

/**
 * Token ids of several texts, padded on the right to the longest, in Java memory.
 *
 * @param rows B
 * @param columns n, the length of the longest text
 * @param ids {@code [B, n]}, row-major
 * @param mask {@code [B, n]}: 1 for a token, 0 for padding
 * @param typeIds {@code [B, n]}: 0 for the first text, 1 for the second
 */
@SuppressWarnings(
    "ArrayRecordComponent") // large and short-lived: copies would cost, equality is never asked
public record TokenBatch(int rows, int columns, long[] ids, long[] mask, long[] typeIds) {

  /** Checks the sizes. */
  public TokenBatch {
    int size = Math.multiplyExact(rows, columns);
    if (rows < 1
        || columns < 1
        || ids.length != size
        || mask.length != size
        || typeIds.length != size) {
      throw new IllegalArgumentException(
          "a batch of "
              + rows
              + " × "
              + columns
              + " tokens needs arrays of "
              + size
              + ", not "
              + ids.length
              + ", "
              + mask.length
              + ", "
              + typeIds.length);
    }
  }

  /**
   * Pads several texts to the longest of them.
   *
   * @param ids the token ids of each text; no text is empty
   * @param typeIds the token types of each text
   * @param padId the id that fills the rest
   */
  public static TokenBatch of(List<int[]> ids, List<int[]> typeIds, int padId) {
    int columns = ids.stream().mapToInt(row -> row.length).max().orElse(0);
    int size = ids.size() * columns;
    long[] flatIds = new long[size];
    long[] mask = new long[size];
    long[] types = new long[size];
    for (int row = 0; row < ids.size(); row++) {
      int[] tokens = ids.get(row);
      for (int column = 0; column < columns; column++) {
        int at = row * columns + column;
        boolean real = column < tokens.length;
        flatIds[at] = real ? tokens[column] : padId;
        mask[at] = real ? 1 : 0;
        types[at] = real ? typeIds.get(row)[column] : 0;
      }
    }
    return new TokenBatch(ids.size(), columns, flatIds, mask, types);
  }

  /** Whether any column of any row is padding. */
  public boolean padded() {
    for (long value : mask) {
      if (value == 0) {
        return true;
      }
    }
    return false;
  }

  /** The number of tokens that are not padding. */
  public long tokens() {
    long sum = 0;
    for (long value : mask) {
      sum += value;
    }
    return sum;
  }
}
