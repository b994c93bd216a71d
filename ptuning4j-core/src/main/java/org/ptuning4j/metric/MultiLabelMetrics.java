package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;

/**
 * Scores of a classification where an example can have any number of labels. All figures are 0 to
 * 1; undefined ratios count as 0 (as {@code zero_division=0} does in scikit-learn).
 */
public final class MultiLabelMetrics {

  private final List<LabelScore> labels;
  private final LabelScore total;
  private final int examples;
  private final int exact;

  private MultiLabelMetrics(List<LabelScore> labels, LabelScore total, int examples, int exact) {
    this.labels = labels;
    this.total = total;
    this.examples = examples;
    this.exact = exact;
  }

  /**
   * Compares predictions with the truth.
   *
   * @param truth {@code [example][label]}: whether the example has the label
   * @param predicted the same for the predictions
   * @throws InvalidInputException where there is no example, there is no label, or the shapes
   *     differ
   */
  public static MultiLabelMetrics of(boolean[][] truth, boolean[][] predicted) {
    requireSameShape(truth, predicted);
    int labelCount = truth[0].length;
    int[] right = new int[labelCount];
    int[] support = new int[labelCount];
    int[] found = new int[labelCount];
    int exact = 0;
    for (int i = 0; i < truth.length; i++) {
      for (int label = 0; label < labelCount; label++) {
        right[label] += truth[i][label] && predicted[i][label] ? 1 : 0;
        support[label] += truth[i][label] ? 1 : 0;
        found[label] += predicted[i][label] ? 1 : 0;
      }
      exact += Arrays.equals(truth[i], predicted[i]) ? 1 : 0;
    }
    return new MultiLabelMetrics(
        IntStream.range(0, labelCount)
            .mapToObj(label -> LabelScore.of(right[label], support[label], found[label]))
            .toList(),
        LabelScore.of(
            IntStream.of(right).sum(), IntStream.of(support).sum(), IntStream.of(found).sum()),
        truth.length,
        exact);
  }

  /** How many examples were compared. */
  public int examples() {
    return examples;
  }

  /** Precision, recall, F1 and support of each label, by label index. */
  public List<LabelScore> labels() {
    return labels;
  }

  /** Precision, recall and F1 over all examples and labels. */
  public LabelScore total() {
    return total;
  }

  /** The share of given labels that are right, over all examples and labels. */
  public double microPrecision() {
    return total.precision();
  }

  /** The share of true labels that are given, over all examples and labels. */
  public double microRecall() {
    return total.recall();
  }

  /** The harmonic mean of {@link #microPrecision} and {@link #microRecall}. */
  public double microF1() {
    return total.f1();
  }

  /** The mean F1 of all labels; one that occurs nowhere counts as 0. */
  public double macroF1() {
    return labels.stream().mapToDouble(LabelScore::f1).average().orElse(0);
  }

  /** The share of examples with exactly the right labels: exact match. */
  public double subsetAccuracy() {
    return (double) exact / examples;
  }

  private static void requireSameShape(boolean[][] truth, boolean[][] predicted) {
    if (truth.length == 0 || truth.length != predicted.length) {
      throw InvalidInputException.of(
          "%d true examples and %d predicted ones: there must be as many, at least one",
          truth.length, predicted.length);
    }
    if (truth[0].length == 0) {
      throw new InvalidInputException("example 0 has 0 labels: there must be one at least");
    }
    for (int i = 0; i < truth.length; i++) {
      if (truth[i].length != truth[0].length || predicted[i].length != truth[0].length) {
        throw InvalidInputException.of(
            "example %d has %d true labels and %d predicted ones: must be %d as in example 0",
            i, truth[i].length, predicted[i].length, truth[0].length);
      }
    }
  }
}
