package org.ptuning4j.metric;

import java.util.OptionalDouble;

/**
 * How well one label is found.
 *
 * @param precision right among those predicted so, 0 where none was
 * @param recall found among those that are so, 0 where none is
 * @param f1 the harmonic mean of the two, 0 where both are 0
 * @param support how many examples truly have the label
 * @param predicted how many examples were given the label
 */
public record LabelScore(double precision, double recall, double f1, int support, int predicted) {

  static LabelScore of(int right, int support, int predicted) {
    return new LabelScore(
        ratio(right, predicted),
        ratio(right, support),
        ratio(2.0 * right, support + predicted),
        support,
        predicted);
  }

  /** Whether the label occurs at all, in truth or in prediction. */
  public boolean isSeen() {
    return support + predicted > 0;
  }

  /** The precision; empty where nothing was predicted. */
  public OptionalDouble definedPrecision() {
    return predicted == 0 ? OptionalDouble.empty() : OptionalDouble.of(precision);
  }

  /** The recall; empty where nothing is to be found. */
  public OptionalDouble definedRecall() {
    return support == 0 ? OptionalDouble.empty() : OptionalDouble.of(recall);
  }

  /** The F1; empty where there is nothing to be found and nothing was predicted. */
  public OptionalDouble definedF1() {
    return isSeen() ? OptionalDouble.of(f1) : OptionalDouble.empty();
  }

  private static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
