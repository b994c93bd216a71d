package org.ptuning4j.backbone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Token ids of several texts, padded on the right to the longest, in Java memory.
 *
 * @param rows B
 * @param columns n, the length of the longest text
 * @param ids {@code [B, n]}, row-major
 * @param mask {@code [B, n]}: 1 for a token, 0 for padding
 * @param typeIds {@code [B, n]}: 0 for the first text, 1 for the second
 * @param slots {@code [B, n]}: the number of the soft token at each place, −1 for words and
 *     padding; empty where no row has any
 * @param anchors {@code [B]}: the column that heads over whole sequences read
 * @param geometry where the tokens are and how far they see
 */
@SuppressWarnings(
    "ArrayRecordComponent") // large and short-lived: copies would cost, equality is never asked
public record TokenBatch(
    int rows,
    int columns,
    long[] ids,
    long[] mask,
    long[] typeIds,
    int[] slots,
    int[] anchors,
    Geometry geometry) {

  /** Checks the sizes. */
  public TokenBatch {
    int size = Math.multiplyExact(rows, columns);
    if (rows < 1
        || columns < 1
        || ids.length != size
        || mask.length != size
        || typeIds.length != size
        || (slots.length != 0 && slots.length != size)
        || anchors.length != rows
        || geometry.positions().stream().anyMatch(row -> row.length != size)) {
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

  /** A batch whose positions count from 0 in each row. */
  public TokenBatch(
      int rows, int columns, long[] ids, long[] mask, long[] typeIds, int[] slots, int[] anchors) {
    this(rows, columns, ids, mask, typeIds, slots, anchors, Geometry.PLAIN);
  }

  /** A batch of words only, read at the first column. */
  public TokenBatch(int rows, int columns, long[] ids, long[] mask, long[] typeIds) {
    this(rows, columns, ids, mask, typeIds, new int[0], new int[rows]);
  }

  /**
   * Pads several texts to the longest of them.
   *
   * @param ids the token ids of each text; no text is empty
   * @param typeIds the token types of each text
   * @param padId the id that fills the rest
   */
  public static TokenBatch of(List<int[]> ids, List<int[]> typeIds, int padId) {
    List<TokenRow> rows = new ArrayList<>();
    for (int row = 0; row < ids.size(); row++) {
      rows.add(TokenRow.of(ids.get(row), typeIds.get(row)));
    }
    return of(rows, padId);
  }

  /**
   * Pads several rows to the longest of them. Where some fill blanks, the batch has two rows of
   * positions, and each text is visible to all of its row.
   *
   * @param padId the id that fills the rest
   */
  public static TokenBatch of(List<TokenRow> rows, int padId) {
    int columns = rows.stream().mapToInt(TokenRow::length).max().orElse(0);
    int size = rows.size() * columns;
    long[] ids = new long[size];
    long[] mask = new long[size];
    long[] types = new long[size];
    int[] slots =
        rows.stream().allMatch(row -> row.slots().length == 0) ? new int[0] : new int[size];
    Arrays.fill(ids, padId);
    Arrays.fill(slots, TokenRow.WORD);
    for (int row = 0; row < rows.size(); row++) {
      TokenRow tokens = rows.get(row);
      for (int column = 0; column < tokens.length(); column++) {
        int at = row * columns + column;
        ids[at] = tokens.ids()[column];
        mask[at] = 1;
        types[at] = tokens.typeIds()[column];
        if (tokens.slots().length > 0) {
          slots[at] = tokens.slots()[column];
        }
      }
    }
    int[] anchors = rows.stream().mapToInt(TokenRow::anchor).toArray();
    return new TokenBatch(
        rows.size(), columns, ids, mask, types, slots, anchors, Geometry.of(rows, columns));
  }

  /** The same with another geometry. */
  public TokenBatch with(Geometry other) {
    return new TokenBatch(rows, columns, ids, mask, typeIds, slots, anchors, other);
  }

  /**
   * The columns that are read, all of them or each row's anchor.
   *
   * @param wanted which positions of the last layer a head reads
   */
  public ReadColumns read(ForwardOptions.Positions wanted) {
    return wanted == ForwardOptions.Positions.ALL
        ? ReadColumns.all(columns)
        : ReadColumns.one(anchors, columns);
  }

  /** The places of soft tokens, row · n + column, row by row and column by column. */
  public long[] softPlaces() {
    return IntStream.range(0, slots.length)
        .filter(at -> slots[at] != TokenRow.WORD)
        .asLongStream()
        .toArray();
  }

  /** The columns of a row up to its last token. */
  public int length(int row) {
    int length = columns;
    while (length > 0 && mask[row * columns + length - 1] == 0) {
      length--;
    }
    return length;
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
