package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class ReCordMetricsTest {

  @Test
  void bestOfEachQuerysGoldsCounts() {
    ReCordMetrics metrics =
        ReCordMetrics.of(
            List.of(
                List.of("New York", "the Big Apple"),
                List.of("Barack Obama", "Obama", "President Barack Obama"),
                List.of("Paris"),
                List.of("the")),
            List.of("big apple", "Barack", "London", "a"));
    assertThat(metrics.queries()).isEqualTo(4);
    assertThat(metrics.exactMatch()).isEqualTo(0.5);
    // 1, 2 · ½ / 1½, 0, and 0 since neither has a word.
    assertThat(metrics.f1()).isCloseTo((1 + 2.0 / 3) / 4, Offset.offset(1e-12));
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> ReCordMetrics.of(List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("golds of 0 queries and 0 predictions: there must be as many, at least one");
    assertThatThrownBy(() -> ReCordMetrics.of(List.of(List.of("x")), List.of("x", "y")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> ReCordMetrics.of(List.of(List.of("x"), List.of()), List.of("x", "y")))
        .hasMessage("query 1 has no gold: must have one at least");
  }
}
