package org.ptuning4j.metric;

import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * The mean of repeated measurements and how they spread, for tables of results such as "84.2 ± 0.7
 * over 5 seeds".
 *
 * @param mean the arithmetic mean
 * @param deviation the sample standard deviation, with the divisor n − 1; NaN for a single value,
 *     which says nothing about the spread
 * @param count how many values there were
 */
public record MeanDeviation(double mean, double deviation, int count) {

  /** Requires a value at least, and a deviation that is not negative, NaN only for one value. */
  public MeanDeviation {
    if (count < 1) {
      throw InvalidInputException.of("count is %d: must be 1 or more", count);
    }
    if (deviation < 0 || Double.isNaN(deviation) != (count == 1)) {
      throw InvalidInputException.of(
          "deviation of %d values is %s: must be 0 or more, NaN for one value",
          count, Double.toString(deviation));
    }
  }

  /**
   * Sums up values.
   *
   * @throws InvalidInputException where there is none, or one is NaN or infinite
   */
  public static MeanDeviation of(List<Double> values) {
    if (values.isEmpty()) {
      throw new InvalidInputException("no values to average: there must be one at least");
    }
    for (int i = 0; i < values.size(); i++) {
      if (!Double.isFinite(values.get(i))) {
        throw InvalidInputException.of("value %d is %s: must be finite", i, values.get(i));
      }
    }
    int count = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).sum() / count;
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    double deviation = count == 1 ? Double.NaN : Math.sqrt(squares / (count - 1));
    return new MeanDeviation(mean, deviation, count);
  }
}
