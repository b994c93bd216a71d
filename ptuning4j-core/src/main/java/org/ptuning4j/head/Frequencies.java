package org.ptuning4j.head;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * What a model can reach that has not read a single text and only knows how often each answer is
 * right: the least loss that says nothing. All figures in nats; NaN where no target is known.
 */
final class Frequencies {

  private Frequencies() {}

  /** The entropy of the targets' frequencies. */
  static double entropy(DoubleStream targets) {
    List<Double> values = targets.boxed().toList();
    if (values.isEmpty()) {
      return Double.NaN;
    }
    return values.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .values()
        .stream()
        .mapToDouble(count -> surprise((double) count / values.size()))
        .sum();
  }

  /** The entropy of the single targets of items. */
  static double entropy(List<Item> items) {
    return entropy(known(items).stream().mapToDouble(item -> item.target()[0]));
  }

  /**
   * The lesser of what two blind models reach: one that finds all candidates of an item equally
   * likely, one that knows how often the first, the second, … is right.
   */
  static double candidates(List<Item> items) {
    double even =
        known(items).stream()
            .mapToDouble(item -> Math.log(item.rows().size()))
            .average()
            .orElse(Double.NaN);
    return Math.min(even, entropy(items));
  }

  /** The entropy of a share of ones. */
  static double binary(DoubleStream targets) {
    double share = targets.average().orElse(Double.NaN);
    return surprise(share) + surprise(1 - share);
  }

  /** The mean over labels of the entropy of each. */
  static double binary(List<Item> items, int labels) {
    double sum = 0;
    for (int label = 0; label < labels; label++) {
      int at = label;
      sum += binary(known(items).stream().mapToDouble(item -> item.target()[at]));
    }
    return sum / labels;
  }

  /** The variance: the mean squared error of the mean. */
  static double variance(List<Item> items) {
    double[] values = known(items).stream().mapToDouble(item -> item.target()[0]).toArray();
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    return Arrays.stream(values)
        .map(value -> (value - mean) * (value - mean))
        .average()
        .orElse(Double.NaN);
  }

  /** All targets of all items. */
  static DoubleStream all(List<Item> items) {
    return items.stream().flatMapToDouble(Frequencies::targets);
  }

  private static DoubleStream targets(Item item) {
    double[] targets = new double[item.target().length];
    Arrays.setAll(targets, i -> item.target()[i]);
    return Arrays.stream(targets);
  }

  private static List<Item> known(List<Item> items) {
    return items.stream().filter(Item::hasTarget).toList();
  }

  /** −p ln p, and 0 for what never happens. */
  private static double surprise(double p) {
    return p == 0 ? 0 : -p * Math.log(p);
  }
}
