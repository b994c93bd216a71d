package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class RankingMetricsTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  @Test
  void figuresByHand() {
    RankingMetrics metrics = RankingMetrics.of(new int[] {1, 2, 10, 11, 1});
    assertThat(metrics.queries()).isEqualTo(5);
    assertThat(metrics.hitAt1()).isEqualTo(0.4);
    assertThat(metrics.hitAt(2)).isEqualTo(0.6);
    assertThat(metrics.hitAt(9)).isEqualTo(0.6);
    assertThat(metrics.hitAt10()).isEqualTo(0.8);
    assertThat(metrics.hitAt(11)).isEqualTo(1);
    assertThat(metrics.meanReciprocalRank()).isCloseTo((2.5 + 0.1 + 1 / 11.0) / 5, CLOSE);
  }

  @Test
  void groupsCountTheSameWhateverTheirSize() {
    List<RankingMetrics> groups =
        List.of(RankingMetrics.of(new int[] {1, 1, 1, 1}), RankingMetrics.of(new int[] {4}));
    assertThat(RankingMetrics.macro(groups, RankingMetrics::hitAt1)).isEqualTo(0.5);
    assertThat(RankingMetrics.macro(groups, group -> group.hitAt(4))).isEqualTo(1);
    assertThat(RankingMetrics.macro(groups, RankingMetrics::meanReciprocalRank)).isEqualTo(0.625);
  }

  @Test
  void ranksAreCopied() {
    int[] ranks = {1, 5};
    RankingMetrics metrics = RankingMetrics.of(ranks);
    ranks[1] = 1;
    assertThat(metrics.hitAt1()).isEqualTo(0.5);
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> RankingMetrics.of(new int[0]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("no ranks to score: there must be one at least");
    assertThatThrownBy(() -> RankingMetrics.of(new int[] {1, 0}))
        .hasMessage("rank 0 of query 1: must be 1 or more");
    RankingMetrics metrics = RankingMetrics.of(new int[] {1});
    assertThatThrownBy(() -> metrics.hitAt(0)).hasMessage("hit@0: k must be 1 or more");
    assertThatThrownBy(() -> RankingMetrics.macro(List.of(), RankingMetrics::hitAt1))
        .hasMessage("no groups to average: there must be one at least");
  }
}
