package org.ptuning4j.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which trials no other beats in everything. */
class ParetoRowTest {

  private static ParetoRow row(int trial, double value, long parameters, double s, double ms) {
    return new ParetoRow(trial, value, parameters, s, Optional.of(ms), false);
  }

  @Test
  void aRowIsDominatedByOneThatIsAsGoodInAllAndBetterInOne() {
    List<ParetoRow> rows =
        ParetoRow.marked(
            List.of(
                row(0, 0.80, 1000, 60, 5), // beaten by 2, which is faster
                row(1, 0.85, 4000, 90, 5),
                row(2, 0.80, 1000, 50, 5),
                row(3, 0.70, 100, 55, 5), // fewest values
                row(4, 0.60, 100, 55, 4.5))); // fastest answer
    assertThat(rows).extracting(ParetoRow::trial).containsExactly(1, 0, 2, 3, 4);
    assertThat(rows)
        .filteredOn(ParetoRow::dominated)
        .extracting(ParetoRow::trial)
        .containsExactly(0);
  }

  @Test
  void equalRowsDoNotBeatEachOther() {
    assertThat(ParetoRow.marked(List.of(row(0, 0.5, 10, 1, 1), row(1, 0.5, 10, 1, 1))))
        .noneMatch(ParetoRow::dominated);
  }

  @Test
  void whatWasNotMeasuredIsWorse() {
    ParetoRow unknown = new ParetoRow(1, 0.5, 10, 1, Optional.empty(), false);
    List<ParetoRow> rows = ParetoRow.marked(List.of(row(0, 0.5, 10, 1, 9), unknown));
    assertThat(rows.get(0).dominated()).isFalse();
    assertThat(rows.get(1).dominated()).isTrue();
  }
}
