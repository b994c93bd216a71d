package org.ptuning4j.data.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

class NormalFormTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n\u00e9gatif", "ne\u0301gatif", "n\u00e9gatif\u00a0", "\u200bn\u00e9ga\u200btif",
            "\ufeffn\u00e9gatif",
        " n\u00e9gatif\t", "n\u00e9\u00adgatif", "n\u00e9gatif\u202f", "ne\u200b\u0301gatif",
            "n\u00e9ga\u200dtif"
      })
  void whatLooksTheSameIsTheSame(String written) {
    assertThat(NormalText.of(written)).isEqualTo("n\u00e9gatif");
    assertThat(NormalText.areSame(written, "n\u00e9gatif")).isTrue();
  }

  @Test
  void whiteSpaceWithinIsOneBlank() {
    assertThat(NormalText.of("not\u00a0\t entailed")).isEqualTo("not entailed");
    assertThat(NormalText.of("not\u200bentailed")).isEqualTo("notentailed");
  }

  @Test
  void joinersStayWhereTheyShapeWhatIsSeen() {
    String family = "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67";
    String skin = "\ud83d\udc69\ud83c\udffd\u200d\ud83d\ude80";
    String heart = "\u2764\ufe0f\u200d\ud83d\udd25";
    String persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645";
    String scotland =
        "\ud83c\udff4\udb40\udc67\udb40\udc62\udb40\udc73\udb40\udc63\udb40\udc74\udb40\udc7f";
    for (String text : List.of(family, skin, heart, persian, scotland)) {
      assertThat(NormalText.of(text)).isEqualTo(text);
    }
    assertThat(NormalText.of("pos\u200d")).isEqualTo("pos");
    assertThat(NormalText.of(persian + "\u200c")).isEqualTo(persian);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u200b\u200b",
        "\u00a0",
        "\ufeff",
        "",
        " \t",
        "\u2800",
        "\u3164",
        "\u200e\u202e",
        "\u0000"
      })
  void textsOfNothingAreNotVisible(String text) {
    assertThat(NormalText.isVisible(text)).isFalse();
    assertThat(NormalText.of(text)).isEmpty();
  }

  @Property(tries = 500)
  void normalFormIsStableAndAsVisibleAsItsText(@ForAll String text) {
    String normal = NormalText.of(text);
    assertThat(NormalText.of(normal)).isEqualTo(normal);
    assertThat(normal.isEmpty()).isEqualTo(!NormalText.isVisible(text));
  }

  @Test
  void numbersAndBooleansAreOneLabelHoweverWritten() {
    for (Object one : List.of(1, 1L, 1.0, 1.0f, "1", "1.0", "1.00", " 1\u00a0", BigInteger.ONE)) {
      assertThat(NormalLabel.of(one)).isEqualTo("1");
    }
    for (Object yes : List.of(true, "true", "True", "TRUE", "TRUE\u200b")) {
      assertThat(NormalLabel.of(yes)).isEqualTo("true");
    }
    assertThat(List.of(NormalLabel.of(0.5), NormalLabel.of("0.5"))).containsOnly("0.5");
    assertThat(List.of(NormalLabel.of(-0.0), NormalLabel.of("-0.0"))).containsOnly("0");
    assertThat(NormalLabel.of(1e20)).isEqualTo("100000000000000000000");
    assertThat(NormalLabel.of("-1.0")).isEqualTo("-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"007", "1.50", "+1", "1e3", "Pos", "1.0.0", ".0", "1.", "truer"})
  void textsThatOnlyResembleThemStayAsTheyAre(String text) {
    assertThat(NormalLabel.of(text)).isEqualTo(text);
  }

  @Test
  void labelsAreFoundAsTheyWereNamed() {
    LabelSet named = new LabelSet(List.of("False", "True"));
    assertThat(named.find(true)).contains("True");
    assertThat(named.find("TRUE\u00a0")).contains("True");
    assertThat(named.find(1)).contains("True");
    assertThat(named.find("0.0")).contains("False");
    assertThat(new LabelSet(List.of("0", "1")).find("True")).contains("1");
    assertThat(new LabelSet(List.of("0", "1", "2")).find(true)).isEmpty();
  }

  @Test
  void theSameLabelTwiceIsRefusedByName() {
    assertThatThrownBy(() -> new LabelSet(List.of("1", "2", "1.0")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'1' and '1.0' are the same label");
    assertThatThrownBy(() -> new LabelSet(List.of("pos", "pos\u00a0")))
        .hasMessageContaining("'pos' and 'pos<U+00A0>'");
    assertThatThrownBy(() -> new LabelSet(List.of("pos", "\u200b")))
        .hasMessageContaining("'<U+200B>' has no visible character");
  }

  @Test
  void unknownLabelsAreComparedWithThoseThatLookLikeThem() {
    LabelSet labels = new LabelSet(List.of("pos", "neg"));
    assertThat(labels.problem("Pos"))
        .isEqualTo(
            "label 'Pos' is none of the labels: pos, neg; 'Pos' and 'pos' differ only in upper and"
                + " lower case");
    assertThat(labels.problem("p\u043es"))
        .contains("U+043E (CYRILLIC SMALL LETTER O) and U+006F (LATIN SMALL LETTER O)");
    assertThat(labels.problem("positive")).endsWith("did you mean 'pos'?");
    assertThat(labels.problem(3)).isEqualTo("label '3' is none of the labels: pos, neg");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pos|Pos|differ only in upper and lower case",
        "not entailment|not_entailment|differ only in spaces and signs",
        "p\u0430st|past|U+0430 (CYRILLIC SMALL LETTER A) and U+0061 (LATIN SMALL LETTER A)",
        "n\u00e9gatif|negatif|differ only in accents: U+00E9",
        "\uff11|1|in the forms of their characters: U+FF11 (FULLWIDTH DIGIT ONE) and U+0031",
        "1.50|1.5|in how a number or a boolean is written",
        "true|1|in how a number or a boolean is written",
        "don\u2019t|don't|in letters that look alike: U+2019",
        "\u041e|o|differ only",
      })
  void lookAlikesAreFoundAndTold(String one, String other, String told) {
    assertThat(LookAlikes.among(List.of("x", one, "y", other)))
        .containsExactly(List.of(one, other));
    assertThat(LookAlikes.difference(one, other)).contains(told);
  }

  @Test
  void otherLabelsAreNoLookAlikes() {
    List<String> labels =
        List.of(
            "+",
            "-",
            "a",
            "b",
            "\u0431",
            "0",
            "2",
            "10",
            "very good",
            "good",
            "2.5",
            "-1",
            "1",
            "25");
    assertThat(LookAlikes.among(labels)).isEmpty();
  }

  @Test
  void listsAreReadFromTheTextsThatSpellThem() {
    assertThat(ListText.parse("['a', 'b']")).contains(List.of("a", "b"));
    assertThat(ListText.parse("[\"a\", \"it's \\u00e9\"]")).contains(List.of("a", "it's \u00e9"));
    assertThat(ListText.parse("['a' 'b'\n 'c']")).contains(List.of("a", "b", "c"));
    assertThat(ListText.parse(" [1, 0, 1.0, True]")).contains(List.of(1, 0, 1.0, true));
    assertThat(ListText.parse("[None]")).contains(Arrays.asList((Object) null));
    assertThat(ListText.parse("[]")).contains(List.of());
    assertThat(ListText.parse("('a',)")).contains(List.of("a"));
    assertThat(ListText.parse("{'b', 'a'}")).contains(List.of("b", "a"));
    assertThat(ListText.parse("['it\\'s']")).contains(List.of("it's"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "[a]", "['a]", "['a'b]", "(1)", "{2}", "[,]", "['a',,'b']", "[", "[1", "a]"})
  void otherTextsAreNoLists(String text) {
    assertThat(ListText.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nan", "NaN", "None", "null", "N/A", "NA", "<NA>", "#N/A", " n/a\u00a0"})
  void marksOfWhatIsMissingAreKnown(String text) {
    assertThat(MissingMark.isOne(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nana", "none of these", "neutral", "0", "nan nan"})
  void otherTextsAreNoSuchMarks(String text) {
    assertThat(MissingMark.isOne(text)).isFalse();
  }

  @Test
  void headersAreRecognisedWhereEveryValueIsItsColumnsName() {
    assertThat(RepeatedHeader.isIn(Map.of("text", "text\u00a0", "label", "label"))).isTrue();
    assertThat(RepeatedHeader.isIn(Map.of("text", "text", "label", "pos"))).isFalse();
    assertThat(RepeatedHeader.isIn(Map.of("text", "text"))).isFalse();
  }

  @Test
  void oddSpellingsAreSaidWithTheirCodePoints() {
    assertThat(OddSpelling.of("positif\u00a0", "positif"))
        .contains("'positif<U+00A0>' with U+00A0 (NO-BREAK SPACE)");
    assertThat(OddSpelling.of("ne\u0301gatif", "n\u00e9gatif").orElseThrow())
        .endsWith("in another Unicode normal form, with U+0301 (COMBINING ACUTE ACCENT)");
    assertThat(OddSpelling.of(1.0, "1")).contains("1.0 as a number");
    assertThat(OddSpelling.of("pos", "pos")).isEmpty();
  }
}
