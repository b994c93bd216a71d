package org.ptuning4j.data.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListTextTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "['it\\'s']|it's",
        "['a\\\\b']|a\\b",
        "['caf\\xe9']|café",
        "['caf\\u00e9']|café",
        "['\\u00e9t\\u00e9']|été",
        "['\\u00e']|u00e", // no code: what follows the backslash
        "['\\xzz']|xzz",
        "['\\x4']|x4",
        "['\\u0']|u0",
        "['\\x']|x",
        "['a\\q']|aq",
      })
  void backslashesStandForWhatPythonMeansByThem(String written, String element) {
    assertThat(ListText.parse(written)).contains(List.of(element));
  }

  @Test
  void backslashesStandForLineEndsAndTabs() {
    assertThat(ListText.parse("['a\\nb', 'a\\tb', \"a\\rb\"]"))
        .contains(List.of("a\nb", "a\tb", "a\rb"));
  }

  @Test
  void aBackslashAtTheEndLeavesTheTextOpen() {
    assertThat(ListText.parse("['a\\']")).isEmpty();
    assertThat(ListText.parse("['a\\u00e9]")).isEmpty();
  }

  @Test
  void spacesAndLineEndsBetweenElementsAreFree() {
    assertThat(ListText.parse("[ 'a' ,\n  'b' , ]")).contains(List.of("a", "b"));
    assertThat(ListText.parse("[1.  0.  1.]")).contains(List.of(1.0, 0.0, 1.0));
    assertThat(ListText.parse("[\u00a0'a'\u00a0]")).contains(List.of("a"));
  }

  @Test
  void valuesWithoutQuotationMarksKeepTheirTypes() {
    assertThat(ListText.parse("[True, false, -3, 2.5, null, nan, NaN, None]"))
        .contains(Arrays.asList(true, false, -3, 2.5, null, null, null, null));
    assertThat(ListText.parse("[False, true]")).contains(List.of(false, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[a1]", "[1a]", "[0x1]", "[1e3]", "[inf]", "['a', b]", "[1234567890]"})
  void otherWordsMakeNoList(String text) {
    assertThat(ListText.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "()", "{}", " [a] ", "\ufeff[x]"})
  void whatLooksLikeAListIsToldByItsEnds(String text) {
    assertThat(ListText.looksLikeOne(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "[", "]", "[a)", "a]", "[a", "ab", "\0\0"})
  void whatDoesNotIsToo(String text) {
    assertThat(ListText.looksLikeOne(text)).isFalse();
  }

  /** {@code (1)} and <code>{2}</code> are texts with signs around them, {@code ('a')} is a list. */
  @Test
  void onlySquareBracketsHoldNumbers() {
    assertThat(ListText.parse("[1, 'a']")).contains(List.of(1, "a"));
    assertThat(ListText.parse("(1, 'a')")).isEmpty();
    assertThat(ListText.parse("('a', 'b')")).contains(List.of("a", "b"));
    assertThat(ListText.parse("{'a'}")).contains(List.of("a"));
  }

  @Test
  void aColumnHoldsAListOrATextThatSpellsOne() {
    assertThat(ListValue.of(List.of("a", 1)).orElseThrow()).isEqualTo(List.of("a", 1));
    assertThat(ListValue.of("['a', 1]").orElseThrow()).isEqualTo(List.of("a", 1));
    assertThat(ListValue.of("a, 1")).isEmpty();
    assertThat(ListValue.of(1)).isEmpty();
  }
}
