package org.ptuning4j.train.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What each batch counts for in a step of several. */
class BatchWeightsTest {

  @Test
  void aSingleTermCountsWhole() {
    assertThat(BatchWeights.mean(new long[] {1}).factors()).containsExactly(1);
  }

  @Test
  void everyTermOfOneTaskCountsAlike() {
    BatchWeights weights = BatchWeights.mean(new long[] {3, 1, 4});
    assertThat(weights.factors()).containsExactly(0.125, 0.125, 0.125);
    assertThat(weights.total()).isEqualTo(8);
  }

  @Test
  void batchesInWhichNothingCountsDivideByNothing() {
    assertThat(BatchWeights.mean(new long[] {0, 0}).factors()).doesNotContain(Double.NaN);
    assertThat(
            BatchWeights.meanOfGroups(new int[] {0, 1}, new long[] {0, 2}, new long[] {1, 1})
                .factors())
        .containsExactly(0.5, 0.25);
  }

  /** Two sentences of ten words in all beside three labels: 2/5 and 3/5, not 10/13 and 3/13. */
  @Test
  void tasksCountByTheirRows() {
    BatchWeights weights =
        BatchWeights.meanOfGroups(new int[] {0, 1}, new long[] {10, 3}, new long[] {2, 3});
    assertThat(weights.factors()[0] * 10).isCloseTo(0.4, within(1e-12));
    assertThat(weights.factors()[1] * 3).isCloseTo(0.6, within(1e-12));
    assertThat(weights.total()).isEqualTo(5);
  }

  @Test
  void itMakesNoDifferenceHowATasksRowsAreCutIntoBatches() {
    double[] whole =
        BatchWeights.meanOfGroups(new int[] {0, 1}, new long[] {10, 3}, new long[] {2, 3})
            .factors();
    double[] cut =
        BatchWeights.meanOfGroups(
                new int[] {1, 0, 1, 0}, new long[] {1, 7, 2, 3}, new long[] {1, 1, 2, 1})
            .factors();
    assertThat(cut).containsExactly(whole[1], whole[0], whole[1], whole[0]);
  }
}
