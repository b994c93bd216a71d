package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class RegressionMetricsTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  @Test
  void figuresByHand() {
    RegressionMetrics metrics =
        RegressionMetrics.of(new double[] {1, 2, 3, 4}, new double[] {2, 2, 1, 7});
    assertThat(metrics.examples()).isEqualTo(4);
    assertThat(metrics.meanSquaredError()).isEqualTo(14 / 4.0);
    assertThat(metrics.meanAbsoluteError()).isEqualTo(6 / 4.0);
    // Centred: (−1.5, −0.5, 0.5, 1.5) and (−1, −1, −2, 4); products 7, squares 5 and 22.
    assertThat(metrics.pearson().orElseThrow()).isCloseTo(7 / Math.sqrt(5.0 * 22), CLOSE);
    // Ranks 1 2 3 4 and 2.5 2.5 1 4; products 1.5, squares 5 and 4.5.
    assertThat(metrics.spearman().orElseThrow()).isCloseTo(1.5 / Math.sqrt(5 * 4.5), CLOSE);
  }

  @Test
  void rankCorrelationSeesOrderOnly() {
    double[] truth = {0, 1, 2, 3, 10};
    double[] cubes = Arrays.stream(truth).map(x -> x * x * x).toArray();
    RegressionMetrics rising = RegressionMetrics.of(truth, cubes);
    assertThat(rising.spearman().orElseThrow()).isCloseTo(1, CLOSE);
    assertThat(rising.pearson().orElseThrow()).isBetween(0.9, 0.99);
    RegressionMetrics falling =
        RegressionMetrics.of(truth, Arrays.stream(cubes).map(x -> -x).toArray());
    assertThat(falling.spearman().orElseThrow()).isCloseTo(-1, CLOSE);
  }

  @Test
  void correlationIgnoresScaleAndShift() {
    double[] truth = {1, 5, 2, 8};
    double[] predicted = {2, 4, 4, 7};
    double expected = RegressionMetrics.of(truth, predicted).pearson().orElseThrow();
    for (double scale : new double[] {1e-200, 3, 1e200}) {
      double[] scaled = Arrays.stream(predicted).map(x -> scale * (x + 4)).toArray();
      assertThat(RegressionMetrics.of(truth, scaled).pearson().orElseThrow())
          .as("scale " + scale)
          .isCloseTo(expected, CLOSE);
    }
  }

  @Test
  void constantsCorrelateWithNothing() {
    double[] constant = {0.1, 0.1, 0.1};
    RegressionMetrics metrics = RegressionMetrics.of(new double[] {1, 2, 4}, constant);
    assertThat(metrics.pearson()).isEmpty();
    assertThat(metrics.spearman()).isEmpty();
    assertThat(RegressionMetrics.of(constant, new double[] {1, 2, 4}).pearson()).isEmpty();
    RegressionMetrics single = RegressionMetrics.of(new double[] {3}, new double[] {5});
    assertThat(single)
        .isEqualTo(new RegressionMetrics(4, 2, OptionalDouble.empty(), OptionalDouble.empty(), 1));
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> RegressionMetrics.of(new double[0], new double[0]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("0 true numbers and 0 predicted ones: there must be as many, at least one");
    assertThatThrownBy(() -> RegressionMetrics.of(new double[1], new double[2]))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> RegressionMetrics.of(new double[2], new double[] {0, Double.NaN}))
        .hasMessage("predicted number 1 is NaN: must be finite");
    assertThatThrownBy(
            () -> RegressionMetrics.of(new double[] {Double.NEGATIVE_INFINITY}, new double[] {0}))
        .hasMessage("true number 0 is -Infinity: must be finite");
  }
}
