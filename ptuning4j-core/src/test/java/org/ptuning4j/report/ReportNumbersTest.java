package org.ptuning4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Figures of reports beside values computed by hand. */
class ReportNumbersTest {

  @Test
  void calibrationIsTheMeanDifferenceOfProbabilityAndAccuracy() {
    double[] confidence = {0.55, 0.6, 0.95, 0.9, 0.91};
    boolean[] right = {true, false, true, true, false};
    Calibration found = Calibration.of(confidence, right, 10);
    // (0.5, 0.6]: 2 answers, mean 0.575, accuracy 0.5; (0.8, 0.9]: 1, 0.9, 1; (0.9, 1]: 2, 0.93,
    // 0.5.
    assertThat(found.error())
        .isCloseTo(2 / 5.0 * 0.075 + 1 / 5.0 * 0.1 + 2 / 5.0 * 0.43, within(1e-12));
    assertThat(found.bins().get(5)).isEqualTo(new Calibration.Bin(0.5, 0.6, 2, 0.575, 0.5));
    assertThat(found.bins().get(8).answers()).isEqualTo(1);
    assertThat(found.bins().get(9).accuracy()).isEqualTo(0.5);
    assertThat(found.bins().stream().mapToInt(Calibration.Bin::answers).sum()).isEqualTo(5);
  }

  @Test
  void aPerfectlyCalibratedRunHasNoError() {
    double[] confidence = {0.75, 0.75, 0.75, 0.75, 1, 1};
    boolean[] right = {true, true, true, false, true, true};
    assertThat(Calibration.of(confidence, right, 10).error()).isCloseTo(0, within(1e-12));
    assertThat(Calibration.of(new double[] {0}, new boolean[] {false}, 10).error()).isZero();
  }

  private static ToDoubleFunction<int[]> accuracy(int... right) {
    return rows -> Arrays.stream(rows).map(row -> right[row]).average().orElseThrow();
  }

  @Test
  void runsThatDifferByChanceHaveAnIntervalAroundNothing() {
    int[] one = {1, 0, 1, 0, 1, 1, 0, 1, 0, 1};
    int[] other = {0, 1, 1, 0, 1, 0, 1, 1, 0, 1};
    PairedBootstrap found = PairedBootstrap.of(10, accuracy(one), accuracy(other), 2000, 7);
    assertThat(found.difference()).isZero();
    assertThat(found.low()).isNegative();
    assertThat(found.high()).isPositive();
    assertThat(found.p()).isGreaterThan(0.5);
    assertThat(PairedBootstrap.of(10, accuracy(one), accuracy(other), 2000, 7)).isEqualTo(found);
  }

  @Test
  void aRunThatIsBetterOnEveryTenthRowIsBetter() {
    int[] one = new int[200];
    int[] other = new int[200];
    for (int i = 0; i < 200; i++) {
      one[i] = i % 4 == 0 ? 0 : 1;
      other[i] = i % 4 == 0 || i % 10 == 1 ? 0 : 1;
    }
    PairedBootstrap found = PairedBootstrap.of(200, accuracy(one), accuracy(other), 2000, 1);
    // 20 rows are i % 10 == 1 and no multiple of 4, as all of them are odd.
    assertThat(found.difference()).isCloseTo(20 / 200.0, within(1e-12));
    // The difference on a resample is a mean of 200 draws of probability 0.1: deviation 0.0212.
    assertThat(found.low()).isCloseTo(0.1 - 1.96 * 0.0212, within(0.008));
    assertThat(found.high()).isCloseTo(0.1 + 1.96 * 0.0212, within(0.008));
    assertThat(found.p()).isCloseTo(2 / 2001.0, within(1e-12));
  }

  @Test
  void quantilesLieBetweenValues() {
    double[] sorted = {1, 2, 4};
    assertThat(PairedBootstrap.quantile(sorted, 0.5)).isEqualTo(2);
    assertThat(PairedBootstrap.quantile(sorted, 0.75)).isEqualTo(3);
    assertThat(PairedBootstrap.quantile(sorted, 1)).isEqualTo(4);
  }

  @Test
  void rowsOfOneLengthAreInOneBand() {
    int[] lengths = {3, 9, 3, 3, 12, 9};
    double[] scores = {1, 0, 0, 1, 1, 1};
    List<LengthBand> bands = LengthBand.of(lengths, scores, 3);
    assertThat(bands)
        .containsExactly(
            new LengthBand(3, 3, 3, 2 / 3.0),
            new LengthBand(9, 9, 2, 0.5),
            new LengthBand(12, 12, 1, 1));
  }

  @Test
  void promptsAreComparedInTheLayersThatTheyHaveInCommon() {
    float[] x = {1, 0};
    float[] y = {0, 2};
    float[] both = {3, 3};
    assertThat(PromptInsight.similarity(Map.of(0, x, 1, y), Map.of(0, x, 1, both)).orElseThrow())
        .isCloseTo((1 + Math.sqrt(0.5)) / 2, within(1e-9));
    assertThat(PromptInsight.similarity(Map.of(0, x), Map.of(1, x))).isEmpty();
    assertThat(PromptInsight.similarity(Map.of(0, x), Map.of(0, y)).orElseThrow()).isZero();
  }
}
