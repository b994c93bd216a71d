package org.ptuning4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;

/** Values of a record, in all the ways in which copies of data sets write them. */
class RecordFieldsTest {

  private static RecordFields of(Object value) {
    Map<String, Object> record = new HashMap<>();
    record.put("x", value);
    return RecordFields.of("answers[2]", record);
  }

  @Test
  void truthIsWrittenInManyWays() {
    for (Object yes : List.of(true, 1, 1L, 1.0, "1", "true", "True", " TRUE ")) {
      assertThat(of(yes).flag("x")).as("%s", yes).isTrue();
      assertThat(of(yes).answerFlag("x")).as("%s", yes).isTrue();
    }
    for (Object no : List.of(false, 0, 0L, 0.0, "0", "0.0", "false", "False")) {
      assertThat(of(no).flag("x")).as("%s", no).isFalse();
      assertThat(of(no).answerFlag("x")).as("%s", no).isFalse();
    }
  }

  static List<Arguments> neither() {
    return List.of(
        Arguments.of(2, "the number 2"),
        Arguments.of(0.5, "the number 0.5"),
        Arguments.of("yes", "the text 'yes'"),
        Arguments.of(List.of(true), "a list"),
        Arguments.of(Map.of(), "an object"));
  }

  @ParameterizedTest
  @MethodSource("neither")
  void whatIsNeitherTrueNorFalseIsNamed(Object value, String shown) {
    assertThatThrownBy(() -> of(value).flag("x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("'answers[2].x' is %s, must be 0, 1, false or true", shown);
  }

  @Test
  void anAnswerThatIsHiddenIsMissingAndNotWrong() {
    for (Object hidden : List.of(-1, "-1", -1.0)) {
      assertThatThrownBy(() -> of(hidden).answerFlag("x"))
          .isInstanceOf(MissingAnswerException.class)
          .hasMessage("'answers[2].x' is -1, which hides the answer");
      assertThatThrownBy(() -> of(hidden).flag("x")).isNotInstanceOf(MissingAnswerException.class);
    }
    assertThatThrownBy(() -> of(null).answerFlag("x"))
        .isInstanceOf(MissingAnswerException.class)
        .hasMessage("no 'answers[2].x' (it is null)");
    assertThatThrownBy(() -> of(1).requireAnswer("xs"))
        .isInstanceOf(MissingAnswerException.class)
        .hasMessage("no 'answers[2].xs' (there is 'x')");
  }

  @Test
  void identifiersMayBeNumbersOfAnySize() {
    assertThat(of(7).id("x")).isEqualTo("7");
    assertThat(of(7_000_000_000L).id("x")).isEqualTo("7000000000");
    assertThat(of(new BigInteger("70000000000000000000")).id("x"))
        .isEqualTo("70000000000000000000");
    assertThat(of("q-7").id("x")).isEqualTo("q-7");
    assertThatThrownBy(() -> of(7.5).id("x"))
        .hasMessage("'answers[2].x' is the number 7.5, must be a text");
    assertThatThrownBy(() -> of("\u200b").id("x")).hasMessage("'answers[2].x' is blank");
  }

  @Test
  void countsBeginAtZeroAndIndicesAnywhere() {
    assertThat(of(0).count("x")).isZero();
    assertThat(of(-3).wordIndex("x")).isEqualTo(-3);
    for (Object wrong : List.of(-1, 1.5, "1", 7_000_000_000L)) {
      assertThatThrownBy(() -> of(wrong).count("x"))
          .hasMessageContaining("must be a whole number from 0 on");
    }
    for (Object wrong : List.of(1.5, "1")) {
      assertThatThrownBy(() -> of(wrong).wordIndex("x"))
          .hasMessageContaining("must be the index of a word, counted from 0");
    }
  }

  @Test
  void wordsHaveEitherOfTheirNames() {
    List<String> words = List.of("a", "b");
    assertThat(new RecordFields(Map.of("words", words, "tokens", List.of("c"))).words())
        .isEqualTo(words);
    assertThat(new RecordFields(Map.of("tokens", words)).words()).isEqualTo(words);
    assertThatThrownBy(() -> of(1).words())
        .hasMessage("there is neither 'answers[2].words' nor 'answers[2].tokens'");
  }

  @Test
  void elementsOfListsAreNamedByTheirPlace() {
    assertThat(of(List.of("a", 7)).textsOrNumbers("x")).containsExactly("a", "7");
    assertThatThrownBy(() -> of(Arrays.asList("a", 7.5)).textsOrNumbers("x"))
        .hasMessage("'answers[2].x[1]' is the number 7.5, must be a text");
    assertThatThrownBy(() -> of(List.of("O", 3)).texts("x"))
        .hasMessage(
            "'answers[2].x[1]' is the number 3, must be a text (a numbered tag is to be written as"
                + " its name)");
    assertThatThrownBy(() -> of(List.of("O", "O", false)).texts("x"))
        .hasMessageStartingWith("'answers[2].x[2]' is false, must be a text");
  }
}
