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

class MultiLabelMetricsTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  /** An outcome of a classification; both tables are [example][label]. */
  private static final class Outcome {
    private final boolean[][] truth;
    private final boolean[][] predicted;

    private Outcome(boolean[][] truth, boolean[][] predicted) {
      this.truth = truth;
      this.predicted = predicted;
    }

    boolean[][] truth() {
      return truth;
    }

    boolean[][] predicted() {
      return predicted;
    }
  }

  @Provide
  Arbitrary<Outcome> outcomes() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 12), Arbitraries.integers().between(1, 5))
        .flatAs(
            (examples, labels) -> {
              Arbitrary<boolean[][]> table =
                  Arbitraries.of(true, false)
                      .array(boolean[].class)
                      .ofSize(labels)
                      .array(boolean[][].class)
                      .ofSize(examples);
              return Combinators.combine(table, table).as(Outcome::new);
            });
  }

  /** Each label on its own is a classification with two labels. */
  @Property(tries = 300)
  void labelsAgreeWithClassifications(@ForAll("outcomes") Outcome outcome) {
    MultiLabelMetrics metrics = MultiLabelMetrics.of(outcome.truth(), outcome.predicted());
    int labelCount = outcome.truth()[0].length;
    double macro = 0;
    for (int label = 0; label < labelCount; label++) {
      LabelScore expected =
          ClassificationMetrics.of(
                  column(outcome.truth(), label), column(outcome.predicted(), label), 2)
              .labels()
              .get(1);
      assertThat(metrics.labels().get(label)).isEqualTo(expected);
      macro += expected.f1() / labelCount;
    }
    assertThat(metrics.labels()).hasSize(labelCount);
    assertThat(metrics.macroF1()).isCloseTo(macro, CLOSE);
    assertThat(metrics.examples()).isEqualTo(outcome.truth().length);
  }

  @Property(tries = 300)
  void totalsAgreeWithCountsOfCells(@ForAll("outcomes") Outcome outcome) {
    MultiLabelMetrics metrics = MultiLabelMetrics.of(outcome.truth(), outcome.predicted());
    double right = 0;
    double missed = 0;
    double excess = 0;
    double exact = 0;
    for (int i = 0; i < outcome.truth().length; i++) {
      double wrong = missed + excess;
      for (int label = 0; label < outcome.truth()[i].length; label++) {
        boolean truth = outcome.truth()[i][label];
        if (truth != outcome.predicted()[i][label]) {
          missed += truth ? 1 : 0;
          excess += truth ? 0 : 1;
        } else if (truth) {
          right++;
        }
      }
      exact += missed + excess > wrong ? 0 : 1;
    }
    double p = right + excess == 0 ? 0 : right / (right + excess);
    double r = right + missed == 0 ? 0 : right / (right + missed);
    assertThat(metrics.microPrecision()).isCloseTo(p, CLOSE);
    assertThat(metrics.microRecall()).isCloseTo(r, CLOSE);
    assertThat(metrics.microF1()).isCloseTo(right == 0 ? 0 : 2 * p * r / (p + r), CLOSE);
    assertThat(metrics.subsetAccuracy()).isCloseTo(exact / outcome.truth().length, CLOSE);
  }

  private static int[] column(boolean[][] table, int label) {
    return IntStream.range(0, table.length).map(i -> table[i][label] ? 1 : 0).toArray();
  }

  @Test
  void handComputedCase() {
    MultiLabelMetrics metrics =
        MultiLabelMetrics.of(
            new boolean[][] {{true, true, false}, {false, true, false}, {false, false, false}},
            new boolean[][] {{true, false, false}, {true, true, false}, {false, false, false}});
    assertThat(metrics.labels())
        .isEqualTo(
            List.of(
                new LabelScore(0.5, 1, 2.0 / 3, 1, 2),
                new LabelScore(1, 0.5, 2.0 / 3, 2, 1),
                new LabelScore(0, 0, 0, 0, 0)));
    assertThat(metrics.microF1()).isCloseTo(2.0 / 3, CLOSE);
    assertThat(metrics.macroF1()).isCloseTo(4.0 / 9, CLOSE);
    assertThat(metrics.subsetAccuracy()).isCloseTo(1.0 / 3, CLOSE);
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> MultiLabelMetrics.of(new boolean[0][2], new boolean[0][2]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("0 true examples and 0 predicted ones: there must be as many, at least one");
    assertThatThrownBy(() -> MultiLabelMetrics.of(new boolean[1][2], new boolean[2][2]))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> MultiLabelMetrics.of(new boolean[1][0], new boolean[1][0]))
        .hasMessage("example 0 has 0 labels: there must be one at least");
    assertThatThrownBy(
            () ->
                MultiLabelMetrics.of(
                    new boolean[][] {{true, true}, {true}}, new boolean[][] {{true, true}, {true}}))
        .hasMessage("example 1 has 1 true labels and 1 predicted ones: must be 2 as in example 0");
    assertThatThrownBy(() -> MultiLabelMetrics.of(new boolean[1][2], new boolean[1][3]))
        .hasMessage("example 0 has 2 true labels and 3 predicted ones: must be 2 as in example 0");
  }
}
