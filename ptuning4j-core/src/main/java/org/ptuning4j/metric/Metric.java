package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;

/** A figure that says how good predictions are. */
public enum Metric {
  /** The share of examples whose label is predicted right. */
  ACCURACY("accuracy"),
  /** The mean F1 of the labels that occur in truth or prediction. */
  MACRO_F1("macro_f1"),
  /** The mean F1 of the labels, weighted by how often each is true. */
  WEIGHTED_F1("weighted_f1"),
  /** F1 over all decisions together; for one label per example it equals accuracy. */
  MICRO_F1("micro_f1"),
  /** F1 of the second of two labels, the positive one. */
  BINARY_F1("binary_f1"),
  /**
   * Matthews correlation, for any number of labels; −1 to 1, and 0 for guessing; undefined for
   * constants.
   */
  MCC("mcc");

  private final String key;

  Metric(String key) {
    this.key = key;
  }

  /** Its name in files and tables, such as {@code macro_f1}. */
  public String key() {
    return key;
  }

  /** The names of metrics. */
  public static List<String> keys(Metric... metrics) {
    return Arrays.stream(metrics).map(Metric::key).toList();
  }

  /** Whether more is better, which is so for all of them. */
  public boolean higherIsBetter() {
    return true;
  }

  /**
   * The metric with that name.
   *
   * @throws InvalidInputException listing the names, where there is none
   */
  public static Metric of(String key) {
    return Arrays.stream(values())
        .filter(metric -> metric.key.equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "no metric '%s'; there are: %s",
                    key,
                    Arrays.stream(values()).map(Metric::key).collect(Collectors.joining(", "))));
  }
}
