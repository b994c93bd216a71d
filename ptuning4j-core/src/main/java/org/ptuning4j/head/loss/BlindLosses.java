package org.ptuning4j.head.loss;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;

/**
 * What a model can reach that reads no text and only knows how often each answer is right: a
 * trained model has to do better. All figures in nats; NaN where no target is known.
 */
public final class BlindLosses {

  private BlindLosses() {}

  /** The entropy of the frequencies of items' choices. */
  public static double choices(List<Item> items) {
    return entropy(known(items, Target.Choice.class).mapToInt(Target.Choice::index));
  }

  /** The entropy of the frequencies of all tags that count. */
  public static double tags(List<Item> items) {
    return entropy(
        known(items, Target.Tags.class)
            .flatMap(tags -> tags.labels().stream())
            .flatMapToInt(OptionalInt::stream));
  }

  /**
   * The mean of a tag's surprise for who knows how often each tag begins an item and how often it
   * follows each other one. A tag behind one that does not count begins anew.
   */
  public static double chains(List<Item> items, int labels) {
    long[][] counts = new long[labels + 1][labels]; // the last row: of beginnings
    known(items, Target.Tags.class).forEach(tags -> count(tags.labels(), counts));
    double sum = 0;
    long all = 0;
    for (long[] row : counts) {
      long total = Arrays.stream(row).sum();
      all += total;
      for (long count : row) {
        sum += count == 0 ? 0 : -count * Math.log((double) count / total);
      }
    }
    return all == 0 ? Double.NaN : sum / all;
  }

  private static void count(List<OptionalInt> tags, long[][] counts) {
    int before = counts.length - 1;
    for (OptionalInt tag : tags) {
      if (tag.isPresent()) {
        counts[before][tag.getAsInt()]++;
      }
      before = tag.orElse(counts.length - 1);
    }
  }

  /**
   * The lesser of what two blind models reach: one that finds all candidates of an item equally
   * likely, one that knows how often the first, the second, … is right.
   */
  public static double candidates(List<Item> items) {
    double even =
        items.stream()
            .filter(Item::hasTarget)
            .mapToDouble(item -> Math.log(item.rows().size()))
            .average()
            .orElse(Double.NaN);
    return Math.min(even, choices(items));
  }

  /** The entropy of the share of candidates that are right. */
  public static double eachCandidate(List<Item> items) {
    return binary(known(items, Target.LabelSet.class).flatMap(set -> set.applies().stream()));
  }

  /** The mean over labels of the entropy of each. */
  public static double eachLabel(List<Item> items, int labels) {
    double sum = 0;
    for (int label = 0; label < labels; label++) {
      int at = label;
      sum += binary(known(items, Target.LabelSet.class).map(set -> set.applies().get(at)));
    }
    return sum / labels;
  }

  /** The variance: the mean squared error of the mean. */
  public static double variance(List<Item> items) {
    double[] values = known(items, Target.Value.class).mapToDouble(Target.Value::value).toArray();
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    return Arrays.stream(values)
        .map(value -> (value - mean) * (value - mean))
        .average()
        .orElse(Double.NaN);
  }

  private static <T extends Target> Stream<T> known(List<Item> items, Class<T> kind) {
    return items.stream().filter(Item::hasTarget).map(item -> item.target(kind));
  }

  private static double entropy(IntStream targets) {
    List<Integer> values = targets.boxed().toList();
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

  /** The entropy of a share of what applies. */
  private static double binary(Stream<Boolean> applies) {
    double share = applies.mapToDouble(each -> each ? 1 : 0).average().orElse(Double.NaN);
    return surprise(share) + surprise(1 - share);
  }

  /** −p ln p, and 0 for what never happens. */
  private static double surprise(double p) {
    return p == 0 ? 0 : -p * Math.log(p);
  }
}
