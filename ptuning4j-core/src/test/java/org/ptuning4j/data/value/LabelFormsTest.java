package org.ptuning4j.data.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

/** Labels as files write them, and what is said of those that are odd. */
class LabelFormsTest {

  @Test
  void allLabelsAreAsTheyWereNamed() {
    List<String> named = List.of("Pos\u00a0", "1.0", "neg");
    assertThat(new LabelSet(named).all()).isEqualTo(named);
  }

  @Test
  void aRepeatedLabelIsToldFromTwoSpellingsOfOne() {
    assertThatThrownBy(() -> new LabelSet(List.of("pos", "pos")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("labels: 'pos' and 'pos' are the same label");
    assertThatThrownBy(() -> new LabelSet(List.of("1", "1.0")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("labels: '1' and '1.0' are the same label in its normal form, '1'");
  }

  @Test
  void shortValuesAreNoTyposOfShortLabels() {
    LabelSet labels = new LabelSet(List.of("ab", "cde"));
    assertThat(labels.problem("ax")).isEqualTo("label 'ax' is none of the labels: ab, cde");
    assertThat(labels.problem("cdx")).endsWith("; did you mean 'cde'?");
  }

  @Test
  void twentyLabelsAreShown() {
    List<String> twenty = IntStream.range(0, 20).mapToObj(i -> "L" + i).toList();
    assertThat(new LabelSet(twenty).problem("?"))
        .isEqualTo("label '?' is none of the labels: " + String.join(", ", twenty));
    List<String> more = IntStream.range(0, 21).mapToObj(i -> "L" + i).toList();
    assertThat(new LabelSet(more).problem("?"))
        .isEqualTo(
            "label '?' is none of the labels: " + String.join(", ", twenty) + ", … (21 in all)");
  }

  @Test
  void longLabelsAreShownCut() {
    LabelSet labels = new LabelSet(List.of("a", "b"));
    assertThat(labels.problem("x".repeat(60))).startsWith("label '" + "x".repeat(60) + "' is");
    assertThat(labels.problem("x".repeat(61))).startsWith("label '" + "x".repeat(60) + "…' is");
  }

  @Test
  void numbersThatAreNoneStayAsTheyAreWritten() {
    assertThat(NormalLabel.of(Double.NaN)).isEqualTo("NaN");
    assertThat(NormalLabel.of(Float.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
  }

  /** A few bytes of JSON, 1e999999999, would be a text of a gigabyte. */
  @ParameterizedTest
  @ValueSource(strings = {"1E999999999", "1E-999999999", "-1E+100000"})
  void numbersOfManyDigitsAreNotWrittenOut(String number) {
    assertThat(NormalLabel.of(new BigDecimal(number)).length()).isLessThan(20);
  }

  @Test
  void numbersOfFewDigitsAre() {
    assertThat(NormalLabel.of(new BigDecimal("1E+998"))).isEqualTo("1" + "0".repeat(998));
    assertThat(NormalLabel.of(new BigDecimal("1E-990"))).isEqualTo("0." + "0".repeat(989) + "1");
  }

  @Test
  void longTextsAreNoMarksOfWhatIsMissing() {
    assertThat(MissingMark.isOne("undefined")).isTrue();
    assertThat(MissingMark.isOne("undefined\u00a0\u00a0")).isTrue();
  }

  @Test
  void publishedCopiesNumberTheLabelsOfTheirOwnTaskOnly() {
    List<String> entailment = List.of("entailment", "not_entailment");
    assertThat(NumberedLabels.areOf("rte", entailment)).isTrue();
    assertThat(NumberedLabels.areOf("boolq", entailment)).isFalse();
    assertThat(NumberedLabels.areOf("my-task", entailment)).isFalse();
    assertThat(NumberedLabels.areOf("rte", List.of("not_entailment", "entailment"))).isFalse();
  }

  @Test
  void aNumberIsTheLabelAtItsPlace() {
    List<String> labels = List.of("entailment", "contradiction", "neutral");
    assertThat(NumberedLabels.label(0, labels)).contains("entailment");
    assertThat(NumberedLabels.label("2", labels)).contains("neutral");
    assertThat(NumberedLabels.label(2.0, labels)).contains("neutral");
    for (Object other : List.of(3, -1, "neutral", "", 0.5, "99999999999999", true)) {
      assertThat(NumberedLabels.label(other, labels)).isEmpty();
    }
  }

  @Test
  void minusOneHidesAnAnswer() {
    for (Object hidden : List.of(-1, "-1", -1.0, "-1.0", " -1 ")) {
      assertThat(NumberedLabels.isHidden(hidden)).isTrue();
    }
    for (Object other : List.of(1, 0, "", false, "-", List.of(-1))) {
      assertThat(NumberedLabels.isHidden(other)).isFalse();
    }
    assertThat(NumberedLabels.isHidden(null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "`pos `|pos|'pos '", // nothing to name but the spelling itself
        "POS|pos|'POS'",
        "a\u00a0b|a b|'a<U+00A0>b' with U+00A0 (NO-BREAK SPACE)",
        "\u212b|\u00c5|'\u212b' in another Unicode normal form, with U+212B (ANGSTROM SIGN)",
        "ae\u0301|a\u00e9|'ae\u0301' in another Unicode normal form, with U+0301 (COMBINING"
            + " ACUTE ACCENT)",
      })
  void oddSpellingsAreShownWithWhatIsOdd(String written, String label, String shown) {
    assertThat(OddSpelling.of(written, label)).contains(shown);
  }

  @Test
  void otherTypesThanTextAreNamed() {
    assertThat(OddSpelling.of(true, "true")).contains("as a boolean");
    assertThat(OddSpelling.of(true, "1")).contains("true as a boolean");
    assertThat(OddSpelling.of(1, "1")).contains("as a number");
  }

  @Test
  void lookAlikesOfWhichOneIsLongerAreToldToTheirEnd() {
    assertThat(LookAlikes.difference("pos", "pos."))
        .isEqualTo(
            "'pos' and 'pos.' differ only in spaces and signs: the end and U+002E (FULL STOP)");
  }

  @Test
  void aLongTextIsNoHeader() {
    String name = "n".repeat(100);
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put(name, name);
    columns.put("label", "label");
    assertThat(RepeatedHeader.isIn(columns)).isFalse();
    assertThat(RepeatedHeader.isIn(Map.of("n".repeat(99), "n".repeat(99), "label", "label")))
        .isTrue();
    assertThat(RepeatedHeader.problem()).contains("repeats the header").contains("delete");
  }
}
