package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class MeanDeviationTest {

  @Test
  void deviationDividesByOneLess() {
    MeanDeviation sum = MeanDeviation.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0));
    assertThat(sum.mean()).isEqualTo(5);
    assertThat(sum.deviation()).isCloseTo(Math.sqrt(32.0 / 7), Offset.offset(1e-12));
    assertThat(sum.count()).isEqualTo(8);
    assertThat(MeanDeviation.of(List.of(3.0, 3.0))).isEqualTo(new MeanDeviation(3, 0, 2));
  }

  @Test
  void singleValueHasNoDeviation() {
    assertThat(MeanDeviation.of(List.of(3.5))).isEqualTo(new MeanDeviation(3.5, Double.NaN, 1));
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> MeanDeviation.of(List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("no values to average: there must be one at least");
    assertThatThrownBy(() -> MeanDeviation.of(List.of(1.0, Double.NaN)))
        .hasMessage("value 1 is NaN: must be finite");
    assertThatThrownBy(() -> new MeanDeviation(1, Double.NaN, 0))
        .hasMessage("count is 0: must be 1 or more");
    assertThatThrownBy(() -> new MeanDeviation(1, -1, 2))
        .hasMessage("deviation of 2 values is -1.0: must be 0 or more, NaN for one value");
    assertThatThrownBy(() -> new MeanDeviation(1, Double.NaN, 2))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new MeanDeviation(1, 0, 1)).isInstanceOf(InvalidInputException.class);
  }
}
