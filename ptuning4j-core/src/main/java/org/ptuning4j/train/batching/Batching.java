package org.ptuning4j.train.batching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;

/**
 * Cuts a data set into batches of rows of similar length, since every row of a batch is padded to
 * its longest one. A batch is an array of row indices.
 */
public sealed interface Batching {

  /**
   * How many batches' rows are sorted by length together in training: more would pad a little less,
   * fewer would mix the rows a little better.
   */
  int POOL_BATCHES = 64;

  /**
   * Whether a batch may have so many rows, given its longest one.
   *
   * @param rows how many, at least 1; a single row is always admitted
   * @param longest tokens of the longest row
   */
  boolean admits(int rows, int longest);

  /**
   * The same for items of several rows, such as a question's candidates.
   *
   * @param items how many, at least 1; a single item is always admitted
   * @param rows of all of them
   * @param longest tokens of the longest row
   */
  default boolean admits(int items, int rows, int longest) {
    return items == 1 || admits(rows, longest);
  }

  /**
   * Whether a batch without padding may have so much, as where texts are packed into rows.
   *
   * @param items how many, at least 1; a single item is always admitted
   * @param tokens of all of them
   */
  boolean admitsPacked(int items, long tokens);

  /**
   * Batches that are so many times as large: what several workers compute together of which each
   * has such a batch.
   *
   * @param workers 1 or more
   */
  Batching times(int workers);

  /**
   * Batches of a fixed number of rows.
   *
   * @param rows how many; at most one batch of a plan has fewer
   */
  record FixedBatches(int rows) implements Batching {
    /** Checks that there is at least one row. */
    public FixedBatches {
      if (rows < 1) {
        throw InvalidInputException.of("rows per batch is %d, must be at least 1", rows);
      }
    }

    @Override
    public boolean admits(int wanted, int longest) {
      return wanted <= rows;
    }

    /** Items are counted, however many rows each has. */
    @Override
    public boolean admits(int items, int itsRows, int longest) {
      return items <= rows;
    }

    @Override
    public boolean admitsPacked(int items, long tokens) {
      return items <= rows;
    }

    @Override
    public FixedBatches times(int workers) {
      return new FixedBatches(Math.multiplyExact(rows, workers));
    }
  }

  /**
   * As many rows as fit a number of tokens, so that long texts make small batches.
   *
   * @param tokens the largest allowed product of rows and longest row; a row that is longer is a
   *     batch by itself
   */
  record TokenBudget(int tokens) implements Batching {
    /** Checks that there is at least one token. */
    public TokenBudget {
      if (tokens < 1) {
        throw InvalidInputException.of("tokens per batch is %d, must be at least 1", tokens);
      }
    }

    @Override
    public boolean admits(int rows, int longest) {
      return rows == 1 || (long) rows * longest <= tokens;
    }

    @Override
    public boolean admitsPacked(int items, long itsTokens) {
      return items == 1 || itsTokens <= tokens;
    }

    @Override
    public TokenBudget times(int workers) {
      return new TokenBudget(Math.multiplyExact(tokens, workers));
    }
  }

  /**
   * The batches of one training epoch: the rows are shuffled, cut into pools of {@link
   * #POOL_BATCHES} batches, each pool sorted by length and cut into batches, and all batches
   * shuffled. The same arguments give the same plan on every machine and Java version.
   *
   * @param lengths tokens of each row, without padding
   * @param epoch its number; each has its own order
   * @return every row index exactly once
   */
  default List<int[]> plan(int[] lengths, long seed, int epoch) {
    return plan(lengths, ones(lengths.length), seed, epoch);
  }

  /**
   * The same for items of several rows.
   *
   * @param lengths tokens of each item's longest row
   * @param rows of each item
   */
  default List<int[]> plan(int[] lengths, int[] rows, long seed, int epoch) {
    Shuffle shuffle = new Shuffle(seed, epoch);
    int[] order = IntStream.range(0, lengths.length).toArray();
    shuffle.apply(order);
    List<int[]> batches = new ArrayList<>();
    for (int start = 0; start < order.length; ) {
      int end = poolEnd(order, lengths, rows, start);
      int[] pool = longestFirst(Arrays.copyOfRange(order, start, end), lengths);
      batches.addAll(cut(pool, lengths, rows));
      start = end;
    }
    shuffle.apply(batches);
    return batches;
  }

  /**
   * The batches of one training epoch where nothing is padded, so that items need not be of similar
   * length: shuffled, and cut in this order.
   *
   * @param tokens of each item
   * @param epoch its number; each has its own order
   * @return every item's index exactly once
   */
  default List<int[]> planPacked(int[] tokens, long seed, int epoch) {
    int[] order = IntStream.range(0, tokens.length).toArray();
    new Shuffle(seed, epoch).apply(order);
    List<int[]> batches = new ArrayList<>();
    for (int start = 0; start < order.length; ) {
      int end = start + 1;
      long together = tokens[order[start]];
      while (end < order.length && admitsPacked(end - start + 1, together + tokens[order[end]])) {
        together += tokens[order[end++]];
      }
      batches.add(Arrays.copyOfRange(order, start, end));
      start = end;
    }
    return batches;
  }

  /**
   * The batches of an evaluation: all rows sorted by length, so that there is next to no padding,
   * and the longest first, so that what does not fit into memory fails at once. The caller puts the
   * results back in order.
   *
   * @param lengths tokens of each row, without padding
   * @return every row index exactly once
   */
  default List<int[]> planSequential(int[] lengths) {
    return planSequential(lengths, ones(lengths.length));
  }

  /**
   * The same for items of several rows.
   *
   * @param lengths tokens of each item's longest row
   * @param rows of each item
   */
  default List<int[]> planSequential(int[] lengths, int[] rows) {
    int[] order = longestFirst(IntStream.range(0, lengths.length).toArray(), lengths);
    return cut(order, lengths, rows);
  }

  /**
   * The share of padding among all the tokens that a plan computes, from 0 to 1.
   *
   * @param lengths tokens of each row, without padding
   */
  static double paddingShare(List<int[]> batches, int[] lengths) {
    long computed = 0;
    long used = 0;
    for (int[] batch : batches) {
      int longest = 0;
      for (int row : batch) {
        used += lengths[row];
        longest = Math.max(longest, lengths[row]);
      }
      computed += (long) batch.length * longest;
    }
    return computed == 0 ? 0 : 1 - (double) used / computed;
  }

  /** Cuts items into batches in the order in which they come. */
  private List<int[]> cut(int[] order, int[] lengths, int[] rows) {
    List<int[]> batches = new ArrayList<>();
    for (int start = 0; start < order.length; ) {
      int end = batchEnd(order, lengths, rows, start);
      batches.add(Arrays.copyOfRange(order, start, end));
      start = end;
    }
    return batches;
  }

  private int poolEnd(int[] order, int[] lengths, int[] rows, int start) {
    int end = start;
    for (int batch = 0; batch < POOL_BATCHES && end < order.length; batch++) {
      end = batchEnd(order, lengths, rows, end);
    }
    return end;
  }

  private int batchEnd(int[] order, int[] lengths, int[] rows, int start) {
    int end = start + 1;
    int longest = lengths[order[start]];
    int together = rows[order[start]];
    while (end < order.length) {
      longest = Math.max(longest, lengths[order[end]]);
      together += rows[order[end]];
      if (!admits(end - start + 1, together, longest)) {
        break;
      }
      end++;
    }
    return end;
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Sorts row indices by length; equally long ones keep their order. */
  private static int[] longestFirst(int[] rows, int[] lengths) {
    return IntStream.of(rows)
        .boxed()
        .sorted(Comparator.comparingInt(row -> -lengths[row]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
