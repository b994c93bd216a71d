package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class BadRowPolicyTest {

  private static final Path FILE = Path.of("train.jsonl");
  private static final TextExample GOOD = new TextExample(1, "fine", null, "x");

  @Test
  void refuseShowsTheFirstBadRowsAndWhatToType() {
    Examples<TextExample> examples = examples(List.of(GOOD), 7);
    assertThatThrownBy(() -> examples.usable(BadRowPolicy.REFUSE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            """
            train.jsonl has 7 bad rows:
              line 2: broken
              line 3: broken
              line 4: broken
              line 5: broken
              line 6: broken
              … and 2 more
            check-data with the same task shows all of them; skip-bad-rows leaves them out.\
            """);
  }

  @Test
  void oneBadRowIsNamedAsOne() {
    Examples<TextExample> examples = examples(List.of(GOOD), 1);
    assertThatThrownBy(() -> examples.usable(BadRowPolicy.REFUSE))
        .hasMessageStartingWith("train.jsonl has a bad row:\n  line 2: broken\ncheck-data with");
  }

  @Test
  void nothingMoreIsSaidWhereAllRowsAreShown() {
    Examples<TextExample> examples = examples(List.of(GOOD), 5);
    assertThatThrownBy(() -> examples.usable(BadRowPolicy.REFUSE))
        .hasMessageContaining("line 6: broken\ncheck-data with");
  }

  @Test
  void percentSignsInAFileSurvive() {
    List<BadRow> bad = List.of(new BadRow(1, "label '100 %d' is none"));
    assertThatThrownBy(() -> BadRowPolicy.REFUSE.apply(Path.of("50%n.csv"), bad))
        .hasMessageContaining("50%n.csv has a bad row")
        .hasMessageContaining("label '100 %d' is none");
  }

  @Test
  void skipLeavesThemOut() {
    assertThat(examples(List.of(GOOD), 7).usable(BadRowPolicy.SKIP)).containsExactly(GOOD);
    assertThat(examples(List.of(GOOD), 0).usable(BadRowPolicy.REFUSE)).containsExactly(GOOD);
  }

  @Test
  void nothingLeftIsAnErrorUnderEitherPolicy() {
    Examples<TextExample> examples = examples(List.of(), 3);
    assertThatThrownBy(() -> examples.usable(BadRowPolicy.SKIP))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("train.jsonl has no usable row; the first bad one is line 2: broken");
  }

  @Test
  void nothingAtAllIsAnErrorToo() {
    Examples<TextExample> examples = examples(List.of(), 0);
    assertThatThrownBy(() -> examples.usable(BadRowPolicy.SKIP))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("train.jsonl has no usable row");
  }

  @Test
  void labelsAreCounted() {
    Examples<TextExample> examples =
        new Examples<>(
            FILE,
            "",
            List.of(
                GOOD,
                GOOD,
                new TextExample(2, "b", null, "a"),
                new TextExample(3, "c", null, null)),
            List.of());
    assertThat(TextExample.labelCounts(examples.examples())).isEqualTo(Map.of("x", 2, "a", 1));
    assertThat(TextExample.labelCounts(examples.examples()).keySet()).containsExactly("a", "x");
  }

  @Test
  void rowsAndExamplesAreChecked() {
    assertThatThrownBy(() -> new Row(0, Map.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BadRow(0, "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TextExample(1, null, null, null))
        .isInstanceOf(NullPointerException.class);
  }

  private static Examples<TextExample> examples(List<TextExample> good, int bad) {
    List<BadRow> badRows =
        IntStream.range(0, bad).mapToObj(i -> new BadRow(i + 2, "broken")).toList();
    return new Examples<>(FILE, "", good, badRows);
  }
}
