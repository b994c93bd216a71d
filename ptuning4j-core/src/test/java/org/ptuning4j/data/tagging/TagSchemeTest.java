package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

class TagSchemeTest {

  private static final List<LabelledSpan> SPANS =
      List.of(
          new LabelledSpan(0, 1, "A"), new LabelledSpan(1, 3, "A"), new LabelledSpan(3, 6, "B"));

  private record Labelled(int words, List<LabelledSpan> spans) {}

  private record Stretch(int gap, int length, String label) {}

  @ParameterizedTest
  @CsvSource({
    "IOB2, B-A B-A I-A B-B I-B I-B O",
    "IOB1, I-A B-A I-A I-B I-B I-B O",
    "IOBES, S-A B-A E-A B-B I-B E-B O",
    "BILOU, U-A B-A L-A B-B I-B L-B O",
  })
  void eachSchemeWritesItsOwnTags(TagScheme scheme, String tags) {
    assertThat(scheme.fromSpans(7, SPANS)).containsExactly(tags.split(" ", -1));
    assertThat(scheme.spans(List.of(tags.split(" ", -1)))).isEqualTo(SPANS);
    assertThat(TagScheme.detect(List.of(List.of(tags.split(" ", -1))))).contains(scheme);
  }

  @Property(tries = 300)
  void everySchemeKeepsEverySpan(@ForAll TagScheme scheme, @ForAll("labelled") Labelled sentence) {
    List<String> tags = scheme.fromSpans(sentence.words(), sentence.spans());
    assertThat(tags).hasSize(sentence.words());
    assertThat(scheme.spans(tags)).isEqualTo(sentence.spans());
    assertThat(TagScheme.IOB2.spans(scheme.toIob2(tags))).isEqualTo(sentence.spans());
    assertThat(scheme.toIob2(tags))
        .isEqualTo(TagScheme.IOB2.fromSpans(sentence.words(), sentence.spans()));
    assertThat(TagScheme.detect(List.of(tags)).orElseThrow().spans(tags))
        .isEqualTo(sentence.spans());
  }

  @Property(tries = 1000)
  void soundTagsAreTheOnlyOnesForTheirSpans(
      @ForAll TagScheme scheme, @ForAll("anyTags") List<String> tags) {
    if (scheme.problem(tags).isEmpty()) {
      assertThat(scheme.fromSpans(tags.size(), scheme.spans(tags))).isEqualTo(tags);
    } else {
      assertThatThrownBy(() -> scheme.toIob2(tags))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(scheme.problem(tags).orElseThrow());
    }
  }

  @Provide
  Arbitrary<Labelled> labelled() {
    Arbitrary<Stretch> stretch =
        Combinators.combine(
                Arbitraries.integers().between(0, 2),
                Arbitraries.integers().between(1, 4),
                Arbitraries.of("A", "B", "C-A", "R-A", "-", "O", "Ä b"))
            .as(Stretch::new);
    return Combinators.combine(stretch.list().ofMaxSize(8), Arbitraries.integers().between(0, 3))
        .as(TagSchemeTest::laidOut);
  }

  private static Labelled laidOut(List<Stretch> stretches, int behind) {
    List<LabelledSpan> spans = new ArrayList<>();
    int words = 0;
    for (Stretch stretch : stretches) {
      int start = words + stretch.gap();
      words = start + stretch.length();
      spans.add(new LabelledSpan(start, words, stretch.label()));
    }
    return new Labelled(words + behind, spans);
  }

  @Provide
  Arbitrary<List<String>> anyTags() {
    return Arbitraries.of(
            "O", "B-A", "I-A", "E-A", "S-A", "L-A", "U-A", "B-B", "I-B", "E-B", "L-B", "O-A", "B-")
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "IOB2, O O I-PER, 'I-PER' at word 3 continues nothing in IOB2",
    "IOB2, B-A I-B, 'I-B' at word 2 continues nothing in IOB2",
    "IOB2, O S-A, 'S-A' at word 2 is no tag of IOB2 (O; B-LABEL; I-LABEL)",
    "IOB1, O B-A, 'B-A' at word 2 follows no other A",
    "IOBES, B-A O, 'B-A' at word 1 must be followed by I-A or E-A in IOBES",
    "IOBES, O B-A, 'B-A' at word 2 must be followed by I-A or E-A in IOBES",
    "IOBES, S-A E-A, 'E-A' at word 2 continues nothing in IOBES",
    "BILOU, B-A U-A, 'B-A' at word 1 must be followed by I-A or L-A in BILOU",
    "BILOU, O E-A, 'E-A' at word 2 is no tag of BILOU",
    "IOB2, O-PER, 'O-PER' at word 1 is no tag of IOB2",
    "IOB2, B-, 'B-' at word 1 is no tag of IOB2",
    "IOB2, b-PER, 'b-PER' at word 1 is no tag of IOB2",
    "IOB2, PER, 'PER' at word 1 is no tag of IOB2",
  })
  void problemsNameTheTagAndItsWord(TagScheme scheme, String tags, String problem) {
    assertThat(scheme.problem(List.of(tags.split(" ", -1))).orElseThrow())
        .startsWith(problem.replace(';', ','));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "B", "B-", "B- ", "O-PER", "X-PER", "b-PER", "BPER", "C-A1"})
  void whatIsNoTagOfAnyScheme(String text) {
    assertThat(TagScheme.isTag(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"O", "B-PER", "I-C-A1", "E-R-ARG0", "S-x", "L--", "U-O"})
  void whatIsATagOfSomeScheme(String text) {
    assertThat(TagScheme.isTag(text)).isTrue();
  }

  @Test
  void aFewMistakesDoNotHideTheScheme() {
    List<String> sound = List.of("I-A", "B-A");
    assertThat(TagScheme.detect(List.of(sound, List.of("B-A"), List.of("O"), sound)))
        .contains(TagScheme.IOB1);
    assertThat(TagScheme.detect(List.of(List.of("O", "O")))).contains(TagScheme.IOB2);
    assertThat(TagScheme.detect(List.of(List.of("x")))).isEmpty();
    assertThat(TagScheme.detect(List.of())).isEmpty();
  }

  @Test
  void spansThatCannotBeWrittenAreNamed() {
    assertThatThrownBy(
            () ->
                TagScheme.IOB2.fromSpans(
                    5, List.of(new LabelledSpan(2, 4, "LOC"), new LabelledSpan(0, 3, "PER"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("LOC (words 3 to 4) overlaps PER (words 1 to 3)");
    assertThatThrownBy(() -> TagScheme.IOB2.fromSpans(3, List.of(new LabelledSpan(2, 4, "LOC"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("LOC from word 2 to before word 4 goes beyond the 3 words");
    assertThatThrownBy(() -> new LabelledSpan(2, 2, "A"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("from word 2 to before word 2 holds no word");
    assertThatThrownBy(() -> new LabelledSpan(-1, 2, "A"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new LabelledSpan(0, 2, " "))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no label");
  }

  @ParameterizedTest
  @EnumSource(TagScheme.class)
  void labelsAreReadBack(TagScheme scheme) {
    assertThat(TagScheme.parse(scheme.label())).isEqualTo(scheme);
  }

  @Test
  void otherNamesOfSchemes() {
    assertThat(List.of("BIO", "iob", "bioes", "bioul", "BMES", "bmewo"))
        .extracting(TagScheme::parse)
        .containsExactly(
            TagScheme.IOB2,
            TagScheme.IOB1,
            TagScheme.IOBES,
            TagScheme.BILOU,
            TagScheme.BMES,
            TagScheme.BMEWO);
    assertThatThrownBy(() -> TagScheme.parse("bme"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("tag scheme: 'bme' is not one of iob1, iob2, iobes, bilou, bmes, bmewo");
  }
}
