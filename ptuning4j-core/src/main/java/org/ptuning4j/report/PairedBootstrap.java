package org.ptuning4j.report;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.ptuning4j.InvalidInputException;

/**
 * Whether one run is better than another by more than chance: both are scored on the same rows,
 * drawn with replacement many times (paired bootstrap, Efron and Tibshirani 1993; Koehn, EMNLP
 * 2004).
 *
 * @param difference of the metric on the rows as they are, the first run's less the second's
 * @param low the lower end of the 95 % interval of the difference
 * @param high the upper end
 * @param p how likely a difference as far from 0 is by chance, from two sides; never 0
 * @param resamples how often rows were drawn
 */
public record PairedBootstrap(double difference, double low, double high, double p, int resamples) {

  private static final double TAIL = 0.025;

  /**
   * Compares two runs.
   *
   * @param rows how many both have answered
   * @param first the first run's metric on rows by their places, some of which come several times;
   *     NaN where it is undefined
   * @param second the same of the second
   * @param seed of what is drawn
   */
  public static PairedBootstrap of(
      int rows,
      ToDoubleFunction<int[]> first,
      ToDoubleFunction<int[]> second,
      int resamples,
      long seed) {
    if (rows < 1 || resamples < 1) {
      throw InvalidInputException.of("bootstrap: %d rows, %d resamples", rows, resamples);
    }
    int[] all = new int[rows];
    Arrays.setAll(all, i -> i);
    double difference = first.applyAsDouble(all) - second.applyAsDouble(all);
    SplittableRandom random = new SplittableRandom(seed);
    double[] drawn = new double[resamples];
    int count = 0;
    int notAbove = 0;
    int notBelow = 0;
    for (int i = 0; i < resamples; i++) {
      int[] sample = random.ints(rows, 0, rows).toArray();
      double each = first.applyAsDouble(sample) - second.applyAsDouble(sample);
      if (Double.isNaN(each)) {
        continue; // a metric that is undefined on these rows
      }
      drawn[count++] = each;
      notAbove += each <= 0 ? 1 : 0;
      notBelow += each >= 0 ? 1 : 0;
    }
    if (count == 0) {
      return new PairedBootstrap(difference, Double.NaN, Double.NaN, Double.NaN, 0);
    }
    double[] sorted = Arrays.copyOf(drawn, count);
    Arrays.sort(sorted);
    double p = Math.min(1, 2.0 * (Math.min(notAbove, notBelow) + 1) / (count + 1));
    return new PairedBootstrap(
        difference, quantile(sorted, TAIL), quantile(sorted, 1 - TAIL), p, count);
  }

  /** The value below which a part of them lies, between two where it falls between them. */
  static double quantile(double[] sorted, double part) {
    double place = part * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
