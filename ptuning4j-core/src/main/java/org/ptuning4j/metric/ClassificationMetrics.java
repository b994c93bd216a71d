package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Scores of a classification with one label per example, all from its confusion matrix. In tables
 * and means of labels, undefined ratios count as 0 (as {@code zero_division=0} does in
 * scikit-learn).
 */
public final class ClassificationMetrics {

  private final int[][] confusion; // [truth][predicted]
  private final List<LabelScore> labels;
  private final int examples;
  private final int right;

  private ClassificationMetrics(int[][] confusion) {
    this.confusion = confusion;
    this.labels =
        IntStream.range(0, confusion.length).mapToObj(label -> score(confusion, label)).toList();
    this.examples = labels.stream().mapToInt(LabelScore::support).sum();
    this.right = IntStream.range(0, confusion.length).map(label -> confusion[label][label]).sum();
  }

  /**
   * Compares predictions with the truth.
   *
   * @param truth label indices, 0 to labelCount − 1
   * @param predicted label indices, as many
   * @param labelCount how many labels there are, whether or not all occur
   * @throws IllegalArgumentException where there is no example, the lengths differ, or an index is
   *     out of range
   */
  public static ClassificationMetrics of(int[] truth, int[] predicted, int labelCount) {
    if (truth.length != predicted.length || truth.length == 0) {
      throw new IllegalArgumentException(
          truth.length + " true labels and " + predicted.length + " predicted ones");
    }
    int[][] confusion = new int[labelCount][labelCount];
    for (int i = 0; i < truth.length; i++) {
      requireLabel(truth[i], labelCount, i);
      requireLabel(predicted[i], labelCount, i);
      confusion[truth[i]][predicted[i]]++;
    }
    return new ClassificationMetrics(confusion);
  }

  /** How many examples were compared. */
  public int examples() {
    return examples;
  }

  /** The counts, as {@code [truth][predicted]}; a copy. */
  public int[][] confusion() {
    return Arrays.stream(confusion).map(int[]::clone).toArray(int[][]::new);
  }

  /** Precision, recall, F1 and support of each label, by label index. */
  public List<LabelScore> labels() {
    return labels;
  }

  /** The share of examples predicted right. */
  public double accuracy() {
    return (double) right / examples;
  }

  /** The mean F1 of the labels seen in truth or prediction. */
  public double macroF1() {
    return labels.stream()
        .filter(LabelScore::isSeen)
        .mapToDouble(LabelScore::f1)
        .average()
        .orElse(0);
  }

  /** The mean F1 of the labels, weighted by their support. */
  public double weightedF1() {
    return labels.stream().mapToDouble(label -> label.f1() * label.support()).sum() / examples;
  }

  /** F1 over all decisions: each wrong one is a false positive here and a false negative there. */
  public double microF1() {
    return accuracy();
  }

  /**
   * F1 of one label against all others; empty where it occurs neither in truth nor in prediction.
   *
   * @param positive the index of the label that counts as positive
   */
  public OptionalDouble binaryF1(int positive) {
    return labels.get(positive).definedF1();
  }

  /**
   * Matthews correlation for any number of labels (Gorodkin's R_K); empty where truth or prediction
   * is constant.
   */
  public OptionalDouble mcc() {
    double all = examples;
    double agreement = all * right;
    double truthSpread = all * all;
    double predictedSpread = all * all;
    for (LabelScore label : labels) {
      agreement -= (double) label.support() * label.predicted();
      truthSpread -= (double) label.support() * label.support();
      predictedSpread -= (double) label.predicted() * label.predicted();
    }
    double spread = Math.sqrt(truthSpread) * Math.sqrt(predictedSpread);
    return spread == 0 ? OptionalDouble.empty() : OptionalDouble.of(agreement / spread);
  }

  /** The share of the commonest true label: the accuracy of always saying the same. */
  public double majorityShare() {
    return (double) labels.stream().mapToInt(LabelScore::support).max().orElse(0) / examples;
  }

  /** How many different labels were predicted; 1 means stuck on one, whatever the input. */
  public int distinctPredictions() {
    return (int) labels.stream().filter(label -> label.predicted() > 0).count();
  }

  /**
   * The figure of that name; empty where it is not defined.
   *
   * @throws IllegalArgumentException for {@link Metric#BINARY_F1} with other than two labels
   */
  public OptionalDouble value(Metric metric) {
    return switch (metric) {
      case ACCURACY -> OptionalDouble.of(accuracy());
      case MACRO_F1 -> OptionalDouble.of(macroF1());
      case WEIGHTED_F1 -> OptionalDouble.of(weightedF1());
      case MICRO_F1 -> OptionalDouble.of(microF1());
      case MCC -> mcc();
      case BINARY_F1 -> {
        if (labels.size() != 2) {
          throw new IllegalArgumentException("binary_f1 needs two labels, not " + labels.size());
        }
        yield binaryF1(1);
      }
    };
  }

  private static LabelScore score(int[][] confusion, int label) {
    int support = IntStream.of(confusion[label]).sum();
    int predicted = Arrays.stream(confusion).mapToInt(row -> row[label]).sum();
    return LabelScore.of(confusion[label][label], support, predicted);
  }

  private static void requireLabel(int label, int labelCount, int example) {
    if (label < 0 || label >= labelCount) {
      throw new IllegalArgumentException(
          "label " + label + " of example " + example + " is not below " + labelCount);
    }
  }
}
