package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What counts as a better evaluation, and when patience ends. */
class PatienceTest {

  private static Standing at(double metric, double loss) {
    return new Standing(OptionalDouble.of(metric), loss);
  }

  private static List<Integer> counts(Patience patience, Standing... evaluations) {
    Patience.State state = new Patience.State(Optional.empty(), 0);
    List<Integer> counts = new ArrayList<>();
    for (Standing each : evaluations) {
      state = patience.after(state, each);
      counts.add(state.since());
    }
    return counts;
  }

  @Test
  void countsEvaluationsThatAreNoBetterThanTheBest() {
    assertThat(
            counts(
                new Patience(9, 0),
                at(0.5, 1),
                at(0.6, 1),
                at(0.55, 0.5), // better than the first, not than the best
                at(0.6, 1),
                at(0.61, 2)))
        .containsExactly(0, 0, 1, 2, 0);
  }

  @Test
  void aLowerLossAtTheSameMetricIsBetterWithoutALeastDifference() {
    Standing[] creeping = {at(0.5, 1), at(0.5, 0.9999), at(0.5, 0.9998)};
    assertThat(counts(new Patience(9, 0), creeping)).containsExactly(0, 0, 0);
    assertThat(counts(new Patience(9, 0.001), creeping)).containsExactly(0, 1, 2);
  }

  /** Small steps add up: they are measured from the last one that counted. */
  @Test
  void aLeastDifferenceIsMeasuredFromTheLastOneThatCounted() {
    assertThat(
            counts(
                new Patience(9, 0.05),
                at(0.50, 1),
                at(0.53, 1),
                at(0.54, 1),
                at(0.56, 1),
                at(0.60, 1)))
        .containsExactly(0, 1, 2, 0, 1);
  }

  @Test
  void whereTheMetricIsUndefinedTheLossDecides() {
    Standing undefined = new Standing(OptionalDouble.empty(), 1);
    Standing lower = new Standing(OptionalDouble.empty(), 0.5);
    assertThat(counts(new Patience(9, 0.1), undefined, undefined, lower, at(0.01, 3)))
        .containsExactly(0, 1, 0, 0);
  }

  @Test
  void endsAfterSoManyAndNeverWhereItIsZero() {
    Patience.State three = new Patience.State(Optional.of(at(0.5, 1)), 3);
    assertThat(new Patience(4, 0).isExhausted(three)).isFalse();
    assertThat(new Patience(3, 0).isExhausted(three)).isTrue();
    assertThat(new Patience(0, 0).isExhausted(three)).isFalse();
  }
}
