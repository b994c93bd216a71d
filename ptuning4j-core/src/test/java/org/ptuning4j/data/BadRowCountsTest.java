package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of rows that are left out: enough to find them, and never a line for each. */
class BadRowCountsTest {

  private static List<BadRow> rows(String cause, int... lines) {
    List<BadRow> rows = new ArrayList<>();
    for (int line : lines) {
      rows.add(new BadRow(line, cause));
    }
    return rows;
  }

  private static String counted(List<List<BadRow>> kinds) {
    return BadRowCounts.of(kinds.stream().flatMap(List::stream).toList());
  }

  @Test
  void oneRowIsNamedWithItsLine() {
    assertThat(BadRowCounts.of(rows("no label", 4))).isEqualTo("1 row: no label (line 4)");
  }

  @Test
  void theFirstThreeLinesAreNamed() {
    assertThat(BadRowCounts.of(rows("no label", 4, 7))).isEqualTo("2 rows: no label (lines 4, 7)");
    assertThat(BadRowCounts.of(rows("no label", 4, 7, 9)))
        .isEqualTo("3 rows: no label (lines 4, 7, 9)");
    assertThat(BadRowCounts.of(rows("no label", 4, 7, 9, 12)))
        .isEqualTo("4 rows: no label (lines 4, 7, 9, …)");
  }

  @Test
  void whatIsWrongMostOftenComesFirst() {
    assertThat(counted(List.of(rows("rare", 2), rows("common", 3, 5), rows("other", 4))))
        .isEqualTo("2 rows: common (lines 3, 5); 1 row: rare (line 2); 1 row: other (line 4)");
  }

  /** Causes that differ by a value only, such as the label that is unknown, are one kind. */
  @Test
  void rowsOfOneKindAreCountedTogether() {
    Source second = Source.ofLine(2);
    Source fifth = new Source(5, 3, Map.of());
    assertThat(
            BadRowCounts.of(
                List.of(
                    second.bad("label 'x' is unknown", BadRow.Lack.NOTHING, "unknown label"),
                    fifth.bad("label 'y' is unknown", BadRow.Lack.NOTHING, "unknown label"))))
        .isEqualTo("2 rows: unknown label (lines 2, 5)");
  }

  @Test
  void fiveKindsAreNamedAndOthersCounted() {
    List<List<BadRow>> kinds = new ArrayList<>();
    for (String cause : List.of("a", "b", "c", "d", "e")) {
      kinds.add(rows(cause, 1));
    }
    String five =
        "1 row: a (line 1); 1 row: b (line 1); 1 row: c (line 1); 1 row: d (line 1);"
            + " 1 row: e (line 1)";
    assertThat(counted(kinds)).isEqualTo(five);
    kinds.add(rows("f", 2));
    assertThat(counted(kinds)).isEqualTo(five + "; and 1 other cause");
    kinds.add(rows("g", 3));
    assertThat(counted(kinds)).isEqualTo(five + "; and 2 other causes");
  }
}
