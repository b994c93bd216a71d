package org.ptuning4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

/** How warm-ups and averages are written, and what they come to. */
class WarmupTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "5, 5", "10%, 20", "0.1, 20", "2.5 %, 5", ".5, 100", "0.0, 0", "0.001, 1"})
  void stepsOfTwoHundred(String written, int steps) {
    assertThat(Warmup.SETTING.read(written).stepsOf(200)).isEqualTo(steps);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "100%", "1.5", "-10%", "a tenth", "%", "1e-1"})
  void whatIsNoWarmup(String written) {
    assertThatThrownBy(() -> Warmup.SETTING.read(written))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("warmup: ");
  }

  @Test
  void isRecordedAsItMayBeWritten() {
    assertThat(Warmup.SETTING.values().plain(Warmup.ofSteps(7))).isEqualTo(7);
    for (double share : new double[] {0.1, 0.07, 0.125}) {
      String written = (String) Warmup.SETTING.values().plain(Warmup.ofShare(share));
      assertThat(Warmup.SETTING.read(written)).isEqualTo(Warmup.ofShare(share));
    }
    assertThat(Warmup.SETTING.values().plain(Warmup.ofShare(0.07))).isEqualTo("7%");
  }

  private static Averaging average(String written) {
    return new Averaging(Averaging.DECAY.read(written));
  }

  @Test
  void averages() {
    assertThat(average("0.99").decayOver(10)).isEqualTo(0.99);
    assertThat(average("auto").decayOver(1000)).isEqualTo(0.98);
    assertThat(average("auto").decayOver(3)).isEqualTo(0.5);
    assertThat(average("0").isOn()).isFalse();
    assertThat(average("auto").isOn()).isTrue();
    for (String wrong : new String[] {"1", "-0.5", "on", "NaN"}) {
      assertThatThrownBy(() -> Averaging.DECAY.read(wrong))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("ema: ");
    }
  }
}
