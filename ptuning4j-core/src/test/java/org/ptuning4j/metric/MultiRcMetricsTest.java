package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.metric.MultiRcMetrics.Option;

class MultiRcMetricsTest {

  @Test
  void questionsAreKeptApartByBothNumbers() {
    MultiRcMetrics metrics =
        MultiRcMetrics.of(
            List.of(
                new Option(0, 1, true, true),
                new Option(1, 0, true, false),
                new Option(0, 1, false, true),
                new Option(1, 1, false, false)));
    assertThat(metrics.questions()).isEqualTo(3);
    assertThat(metrics.exactMatch()).isCloseTo(1.0 / 3, Offset.offset(1e-12));
    assertThat(metrics.f1a()).hasValue(0.5);
    assertThat(metrics.accuracy()).isEqualTo(0.5);
    // F1 of right options: 2/3, 0 and 0; of both labels: (2/3 + 0)/2, 0 and 1.
    assertThat(metrics.f1m()).isCloseTo(2.0 / 9, Offset.offset(1e-12));
    assertThat(metrics.macroF1m()).isCloseTo(4.0 / 9, Offset.offset(1e-12));
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> MultiRcMetrics.of(List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("no answer options to score: there must be one at least");
  }
}
