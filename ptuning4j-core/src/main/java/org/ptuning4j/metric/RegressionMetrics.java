package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;
import org.ptuning4j.InvalidInputException;

/**
 * Scores of predicted numbers.
 *
 * @param meanSquaredError the mean of the squared differences
 * @param meanAbsoluteError the mean of the differences without sign
 * @param pearson the correlation, −1 to 1; empty where truth or prediction is constant (as with a
 *     single example), for which it is undefined
 * @param spearman the correlation of the ranks, where equal values share the mean of their ranks;
 *     −1 to 1, and empty where truth or prediction is constant
 * @param examples how many were compared
 */
public record RegressionMetrics(
    double meanSquaredError,
    double meanAbsoluteError,
    OptionalDouble pearson,
    OptionalDouble spearman,
    int examples) {

  /**
   * Compares predictions with the truth.
   *
   * @throws InvalidInputException where there is no example, the lengths differ, or a number is NaN
   *     or infinite
   */
  public static RegressionMetrics of(double[] truth, double[] predicted) {
    if (truth.length == 0 || truth.length != predicted.length) {
      throw InvalidInputException.of(
          "%d true numbers and %d predicted ones: there must be as many, at least one",
          truth.length, predicted.length);
    }
    requireFinite(truth, "true");
    requireFinite(predicted, "predicted");
    double[] errors =
        IntStream.range(0, truth.length).mapToDouble(i -> predicted[i] - truth[i]).toArray();
    return new RegressionMetrics(
        Arrays.stream(errors).map(error -> error * error).sum() / truth.length,
        Arrays.stream(errors).map(Math::abs).sum() / truth.length,
        correlation(truth, predicted),
        correlation(ranks(truth), ranks(predicted)),
        truth.length);
  }

  private static OptionalDouble correlation(double[] a, double[] b) {
    // Asked of the values, not the spread: rounding can give constants a spread.
    if (isConstant(a) || isConstant(b)) {
      return OptionalDouble.empty();
    }
    double correlation = new PearsonsCorrelation().correlation(scaled(a), scaled(b));
    // Of values that differ by less than rounding can tell, nothing can be said either.
    return Double.isFinite(correlation)
        ? OptionalDouble.of(Math.max(-1, Math.min(1, correlation)))
        : OptionalDouble.empty();
  }

  private static boolean isConstant(double[] values) {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  /** The values less their mean, scaled to at most 1 so that no square overflows or vanishes. */
  private static double[] scaled(double[] values) {
    double mean = Arrays.stream(values).map(value -> value / values.length).sum();
    double[] centred = Arrays.stream(values).map(value -> value - mean).toArray();
    double largest = Arrays.stream(centred).map(Math::abs).max().orElse(0);
    return Arrays.stream(centred).map(value -> value / largest).toArray();
  }

  private static double[] ranks(double[] values) {
    return new NaturalRanking(TiesStrategy.AVERAGE).rank(values);
  }

  private static void requireFinite(double[] values, String kind) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw InvalidInputException.of(
            "%s number %d is %s: must be finite", kind, i, Double.toString(values[i]));
      }
    }
  }
}
