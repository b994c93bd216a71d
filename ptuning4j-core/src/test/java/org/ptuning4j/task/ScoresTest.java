package org.ptuning4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ScoresTest {

  @Test
  void metricsComeInTheTasksOrderWhetherTheyHaveAValueOrNot() {
    Scores scores =
        Scores.builder()
            .metric("accuracy", 0.5)
            .metric("mcc", OptionalDouble.empty())
            .metric("own", 0.25)
            .build();
    assertThat(scores.inOrder(List.of("mcc", "accuracy", "elsewhere")))
        .containsExactly(entry("mcc", null), entry("accuracy", 0.5), entry("own", 0.25));
  }

  /** A metric that has no value on these rows is in a report all the same. */
  @Test
  void whatTheOrderDoesNotNameComesLastEvenWithoutAValue() {
    Scores scores =
        Scores.builder()
            .metric("pearson", OptionalDouble.empty())
            .metric("mse", 2)
            .metric("spearman", OptionalDouble.empty())
            .build();
    assertThat(scores.inOrder(List.of("spearman")))
        .containsExactly(entry("spearman", null), entry("mse", 2.0), entry("pearson", null));
  }
}
