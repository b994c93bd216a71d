package org.ptuning4j.task.check;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The lengths of a file's examples. */
final class MeasuredLengths {

  private final int[] sorted; // ascending
  private final int longestLine; // of the first that is longest; 0 where there is no example

  private MeasuredLengths(int[] sorted, int longestLine) {
    this.sorted = sorted;
    this.longestLine = longestLine;
  }

  /**
   * The lengths of examples.
   *
   * @param lengths one an example
   * @param lines where each example begins
   */
  static MeasuredLengths of(int[] lengths, int[] lines) {
    int longest =
        IntStream.range(0, lengths.length).reduce(0, (a, b) -> lengths[b] > lengths[a] ? b : a);
    int[] sorted = lengths.clone();
    Arrays.sort(sorted);
    return new MeasuredLengths(sorted, lengths.length == 0 ? 0 : lines[longest]);
  }

  /** The least length that so many percent of the examples do not exceed; 0 without examples. */
  int percentile(int percent) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) (((long) sorted.length * percent + 99) / 100);
    return sorted[Math.max(rank, 1) - 1];
  }

  DataCheck.Lengths summary(String unit) {
    return new DataCheck.Lengths(
        unit,
        IntStream.of(sorted).average().orElse(0),
        percentile(0),
        percentile(50),
        percentile(90),
        percentile(95),
        percentile(99),
        percentile(100),
        longestLine);
  }

  DataCheck.Cut cut(int maxLength) {
    int longer = (int) IntStream.of(sorted).filter(length -> length > maxLength).count();
    double share = sorted.length == 0 ? 0 : (double) longer / sorted.length;
    return new DataCheck.Cut(maxLength, longer, share);
  }
}
