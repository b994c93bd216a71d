package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where examples came from, by which answers are put beside what was asked. */
class SourceTest {

  /** Sentences of one document are of one record; those of the next one on the line are not. */
  @Test
  void partsAreOfOneRecord() {
    Source first = new Source(3, 2, 1, Map.of());
    assertThat(first.isOfSameRecord(first.withPart(2))).isTrue();
    assertThat(first.isOfSameRecord(first.withIds(Map.of("id", "other")))).isTrue();
    assertThat(first.isOfSameRecord(new Source(3, 1, 1, Map.of()))).isFalse();
    assertThat(first.isOfSameRecord(new Source(4, 2, 1, Map.of()))).isFalse();
  }

  @Test
  void placesComeInTheOrderOfTheFile() {
    Source second = new Source(2, 0, Map.of("id", "z"));
    Source ofList = new Source(3, 1, Map.of());
    Source part = new Source(3, 2, 1, Map.of());
    Source next = part.withPart(2);
    assertThat(List.of(next, ofList, part, second).stream().sorted())
        .containsExactly(second, ofList, part, next);
  }

  @Test
  void nothingIsBeforeTheBeginning() {
    assertThatThrownBy(() -> new Source(-1, 0, Map.of()))
        .hasMessage("line -1, record 0 or part 0 is below 0");
    assertThatThrownBy(() -> new Source(0, -1, Map.of()))
        .hasMessage("line 0, record -1 or part 0 is below 0");
    assertThatThrownBy(() -> new Source(0, 0, -1, Map.of()))
        .hasMessage("line 0, record 0 or part -1 is below 0");
  }

  /** A text that was typed is in no file, but what is wrong with it is said of a line. */
  @Test
  void whatIsInNoFileIsItsFirstLine() {
    Source typed = new Source(0, 0, 4, Map.of("id", 7));
    assertThat(typed.bad("blank").source()).isEqualTo(new Source(1, 0, 4, Map.of("id", 7)));
    Source second = new Source(2, 5, 4, Map.of("id", 7));
    assertThat(second.bad("blank").source()).isEqualTo(second);
    assertThat(second.bad("blank")).hasToString("line 2, record 5: blank");
  }

  /** Extensions' examples need no more than a line. */
  @Test
  void anExampleIsAtItsLineUnlessItSaysOtherwise() {
    Example plain = () -> 7;
    assertThat(plain.source()).isEqualTo(new Source(7, 0, Map.of()));
    assertThat(plain.ids()).isEmpty();
    Map<String, Object> row = Map.of("idx", 12, "text", "fine");
    assertThat(new Row(3, 2, row).source()).isEqualTo(new Source(3, 2, Map.of("id", 12)));
  }

  @Test
  void whatAnUnusableRowLacksIsKept() {
    Source place = Source.ofLine(4);
    assertThat(place.bad(UnusableRowException.withoutText("blank")))
        .isEqualTo(new BadRow(4, "blank", BadRow.Lack.TEXT));
    assertThat(place.bad(UnusableRowException.withoutAnswer("no label")))
        .isEqualTo(new BadRow(4, "no label", BadRow.Lack.ANSWER));
    assertThat(place.bad(new UnusableRowException("odd")))
        .isEqualTo(new BadRow(4, "odd", BadRow.Lack.NOTHING));
  }
}
