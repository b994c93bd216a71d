package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.LearningRates;

/** The rule by which a rate is chosen, by hand. */
class RangeTestTest {

  private static final LearningRates USUAL = new LearningRates(1e-3, 1e-2, 3e-2);

  private static List<RangeTest.Point> points(double... ratesAndSmoothed) {
    List<RangeTest.Point> points = new ArrayList<>();
    for (int i = 0; i < ratesAndSmoothed.length; i += 2) {
      points.add(new RangeTest.Point(ratesAndSmoothed[i], Double.NaN, ratesAndSmoothed[i + 1]));
    }
    return points;
  }

  @Test
  void aTenthOfTheRateWithTheLowestLoss() {
    List<RangeTest.Point> points = points(1e-3, 0.7, 1e-2, 0.6, 1.234e-1, 0.4, 0.3, 2);
    assertThat(RangeTest.rate(points, USUAL)).isEqualTo(0.012);
  }

  @Test
  void withinThreeTimesTheUsualRates() {
    assertThat(RangeTest.rate(points(1e-4, 0.5, 1e-3, 0.6), USUAL)).isEqualTo(1e-3 / 3);
    assertThat(RangeTest.rate(points(1e-4, 0.5, 5, 0.1), USUAL)).isEqualTo(3e-2 * 3);
    assertThatThrownBy(() -> RangeTest.rate(List.of(), USUAL))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lr: auto is not possible");
  }

  @Test
  void smoothedLossesForgetTheirStart() {
    List<RangeTest.Point> points = new ArrayList<>();
    double[] losses = {3, 1, 2};
    for (double loss : losses) {
      points.add(new RangeTest.Point(1, loss, RangeTest.smoothed(points, loss)));
    }
    assertThat(points.get(0).smoothed()).isCloseTo(3, within(1e-12));
    assertThat(points.get(1).smoothed()).isCloseTo((1 + 0.9 * 3) / 1.9, within(1e-12));
    assertThat(points.get(2).smoothed())
        .isCloseTo((2 + 0.9 * 1 + 0.81 * 3) / (1 + 0.9 + 0.81), within(1e-12));
  }

  @Test
  void batchesAreCutIntoPartsOfOneSize() {
    int[] batch = {1, 2, 3, 4, 5, 6, 7};
    List<int[]> parts = RangeTest.cut(batch, 3);
    assertThat(parts.stream().map(part -> part.length)).containsExactly(2, 2, 3);
    assertThat(parts.stream().flatMapToInt(Arrays::stream).toArray()).containsExactly(batch);
    assertThat(RangeTest.cut(batch, 1)).hasSize(1);
    assertThat(RangeTest.cut(new int[] {1, 2}, 5)).hasSize(2);
  }
}
