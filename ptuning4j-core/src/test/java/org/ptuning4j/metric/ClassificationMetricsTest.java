package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class ClassificationMetricsTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  /**
   * An outcome of a classification.
   *
   * @param pairs each {truth, predicted}
   */
  private record Outcome(int labelCount, List<int[]> pairs) {
    int[] truth() {
      return pairs.stream().mapToInt(pair -> pair[0]).toArray();
    }

    int[] predicted() {
      return pairs.stream().mapToInt(pair -> pair[1]).toArray();
    }

    ClassificationMetrics metrics() {
      return ClassificationMetrics.of(truth(), predicted(), labelCount);
    }

    long count(int truth, int predicted) {
      return pairs.stream().filter(p -> p[0] == truth && p[1] == predicted).count();
    }
  }

  @Provide
  Arbitrary<Outcome> outcomes() {
    return Arbitraries.integers()
        .between(2, 6)
        .flatMap(
            labels -> {
              Arbitrary<Integer> label = Arbitraries.integers().between(0, labels - 1);
              return Combinators.combine(label, label)
                  .as((truth, predicted) -> new int[] {truth, predicted})
                  .list()
                  .ofMinSize(1)
                  .ofMaxSize(40)
                  .map(pairs -> new Outcome(labels, pairs));
            });
  }

  @Property(tries = 500)
  void f1sAgreeWithTheirDefinitions(@ForAll("outcomes") Outcome outcome) {
    ClassificationMetrics metrics = outcome.metrics();
    double macro = 0;
    double weighted = 0;
    int seen = 0;
    for (int label = 0; label < outcome.labelCount(); label++) {
      int wanted = label;
      double right = outcome.count(label, label);
      double support = outcome.pairs().stream().filter(p -> p[0] == wanted).count();
      double predicted = outcome.pairs().stream().filter(p -> p[1] == wanted).count();
      double precision = predicted == 0 ? 0 : right / predicted;
      double recall = support == 0 ? 0 : right / support;
      double sum = precision + recall;
      double f1 = sum == 0 ? 0 : 2 * precision * recall / sum;
      LabelScore score = metrics.labels().get(label);
      assertThat(score.precision()).isCloseTo(precision, CLOSE);
      assertThat(score.recall()).isCloseTo(recall, CLOSE);
      assertThat(score.f1()).isCloseTo(f1, CLOSE);
      assertThat((double) score.support()).isEqualTo(support);
      assertThat((double) score.predicted()).isEqualTo(predicted);
      assertThat(metrics.binaryF1(label).isPresent()).isEqualTo(score.isSeen());
      assertThat(metrics.binaryF1(label).orElse(0)).isEqualTo(score.f1());
      macro += f1;
      weighted += f1 * support;
      seen += support + predicted > 0 ? 1 : 0;
    }
    assertThat(metrics.macroF1()).isCloseTo(macro / seen, CLOSE);
    assertThat(metrics.weightedF1()).isCloseTo(weighted / outcome.pairs().size(), CLOSE);
  }

  @Property(tries = 500)
  void accuracyAndMicroF1CountDecisions(@ForAll("outcomes") Outcome outcome) {
    ClassificationMetrics metrics = outcome.metrics();
    double right = outcome.pairs().stream().filter(p -> p[0] == p[1]).count();
    double falsePositives = 0;
    for (int label = 0; label < outcome.labelCount(); label++) {
      for (int truth = 0; truth < outcome.labelCount(); truth++) {
        falsePositives += truth == label ? 0 : outcome.count(truth, label);
      }
    }
    assertThat(metrics.accuracy()).isCloseTo(right / outcome.pairs().size(), CLOSE);
    assertThat(metrics.microF1())
        .isCloseTo(2 * right / (2 * right + falsePositives + falsePositives), CLOSE);
    assertThat(metrics.examples()).isEqualTo(outcome.pairs().size());
  }

  /** MCC is the Pearson correlation of the one-hot vectors of truth and prediction. */
  @Property(tries = 500)
  void mccIsTheCorrelationOfIndicators(@ForAll("outcomes") Outcome outcome) {
    int n = outcome.pairs().size();
    double[] covariance = new double[3]; // truth–prediction, truth–truth, prediction–prediction
    for (int label = 0; label < outcome.labelCount(); label++) {
      int wanted = label;
      double[] t = outcome.pairs().stream().mapToDouble(p -> p[0] == wanted ? 1 : 0).toArray();
      double[] p = outcome.pairs().stream().mapToDouble(q -> q[1] == wanted ? 1 : 0).toArray();
      covariance[0] += covariance(t, p, n);
      covariance[1] += covariance(t, t, n);
      covariance[2] += covariance(p, p, n);
    }
    boolean constant = covariance[1] < 1e-12 || covariance[2] < 1e-12;
    if (constant) {
      assertThat(outcome.metrics().mcc()).isEmpty();
    } else {
      double expected = covariance[0] / Math.sqrt(covariance[1] * covariance[2]);
      assertThat(outcome.metrics().mcc().orElseThrow()).isCloseTo(expected, Offset.offset(1e-9));
    }
  }

  private static double covariance(double[] a, double[] b, int n) {
    double meanA = IntStream.range(0, n).mapToDouble(i -> a[i]).average().orElseThrow();
    double meanB = IntStream.range(0, n).mapToDouble(i -> b[i]).average().orElseThrow();
    return IntStream.range(0, n).mapToDouble(i -> (a[i] - meanA) * (b[i] - meanB)).sum() / n;
  }

  @Test
  void confusionIsTruthByPrediction() {
    ClassificationMetrics metrics =
        ClassificationMetrics.of(new int[] {0, 0, 1, 2, 2}, new int[] {0, 1, 1, 0, 0}, 3);
    assertThat(metrics.confusion()).isDeepEqualTo(new int[][] {{1, 1, 0}, {0, 1, 0}, {2, 0, 0}});
    metrics.confusion()[0][0] = 99;
    assertThat(metrics.confusion()[0][0]).isEqualTo(1);
    assertThat(metrics.majorityShare()).isEqualTo(0.4);
    assertThat(metrics.distinctPredictions()).isEqualTo(2);
  }

  @Test
  void modelStuckOnOneLabelShows() {
    ClassificationMetrics metrics =
        ClassificationMetrics.of(new int[] {0, 0, 0, 1}, new int[] {0, 0, 0, 0}, 2);
    assertThat(metrics.distinctPredictions()).isEqualTo(1);
    assertThat(metrics.accuracy()).isEqualTo(metrics.majorityShare()).isEqualTo(0.75);
    assertThat(metrics.mcc()).isEmpty();
  }

  @Test
  void valueGivesTheFigureOfThatName() {
    ClassificationMetrics metrics =
        ClassificationMetrics.of(new int[] {0, 1, 1, 0, 1}, new int[] {0, 1, 0, 0, 0}, 2);
    assertThat(metrics.value(Metric.ACCURACY)).hasValue(metrics.accuracy());
    assertThat(metrics.value(Metric.MACRO_F1)).hasValue(metrics.macroF1());
    assertThat(metrics.value(Metric.WEIGHTED_F1)).hasValue(metrics.weightedF1());
    assertThat(metrics.value(Metric.MICRO_F1)).hasValue(metrics.microF1());
    assertThat(metrics.value(Metric.MCC)).isEqualTo(metrics.mcc());
    assertThat(metrics.value(Metric.BINARY_F1)).isEqualTo(metrics.binaryF1(1)).hasValue(0.5);
  }

  @Test
  void binaryF1NeedsTwoLabels() {
    ClassificationMetrics metrics = ClassificationMetrics.of(new int[] {0}, new int[] {0}, 3);
    assertThatThrownBy(() -> metrics.value(Metric.BINARY_F1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("binary_f1 needs two labels, not 3");
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> ClassificationMetrics.of(new int[0], new int[0], 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ClassificationMetrics.of(new int[1], new int[2], 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ClassificationMetrics.of(new int[] {0, 2}, new int[] {0, 1}, 2))
        .hasMessage("label 2 of example 1 is not below 2");
    assertThatThrownBy(() -> ClassificationMetrics.of(new int[] {0}, new int[] {-1}, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void metricIsFoundByItsKey() {
    for (Metric metric : Metric.values()) {
      assertThat(Metric.of(metric.key())).isSameAs(metric);
      assertThat(metric.higherIsBetter()).isTrue();
    }
    assertThatThrownBy(() -> Metric.of("f1"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "no metric 'f1'; there are: accuracy, macro_f1, weighted_f1, micro_f1, binary_f1, mcc");
  }
}
