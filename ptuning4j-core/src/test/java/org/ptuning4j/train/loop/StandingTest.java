package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which evaluation is the better one. */
class StandingTest {

  private static Standing of(double primary, double loss) {
    return new Standing(OptionalDouble.of(primary), loss);
  }

  private static Standing undefined(double loss) {
    return new Standing(OptionalDouble.empty(), loss);
  }

  /** In any order of evaluations the same one is the best, and the ranks are these. */
  @Test
  void ranks() {
    List<Standing> ranks =
        List.of(
            undefined(0.9),
            undefined(0.1),
            of(-0.4, 0.2),
            of(0, 0.5),
            of(0, 0.3),
            of(0.8, 2),
            of(0.8, 1.9));
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      List<Standing> shuffled = new ArrayList<>(ranks);
      Collections.shuffle(shuffled, random);
      Collections.sort(shuffled);
      assertThat(shuffled).isEqualTo(ranks);
    }
  }

  @Test
  void isNeverOfNumbersThatAreNone() {
    assertThatThrownBy(() -> of(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(1, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(Double.NEGATIVE_INFINITY, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
