package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;

/** How templates with a gap are written. */
class ClozeTemplateTest {

  private static final String RTE = "{text_a} Question: {text_b}? {soft:3} Answer: {mask}.";

  @Test
  void aTemplateKnowsItsParts() {
    ClozeTemplate template = ClozeTemplate.parse("{soft}{a} {b}{sep}{a} {soft:3} {{x}} {mask}");

    assertThat(template.softTokens()).isEqualTo(4);
    assertThat(template.fields()).containsExactly("a", "b");
    assertThat(template.isPair()).isTrue();
    assertThat(template.source()).isEqualTo("{soft}{a} {b}{sep}{a} {soft:3} {{x}} {mask}");
    assertThat(template).isEqualTo(ClozeTemplate.parse(template.source()));
    assertThat(template).isNotEqualTo(ClozeTemplate.parse(RTE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{text_a} {sofft:3} {mask} | 10 | 'sofft:' is not known; known are {soft:N}, {mask} and"
            + " {sep}; did you mean 'soft'?",
        "{zzzzzz:3} {mask} | 1 | 'zzzzzz:' is not known; known are {soft:N}, {mask} and {sep}",
        "{soft:0} {mask} | 1 | {soft:0}: '0' is no whole number from 1 to 1000",
        "{soft:x} {mask} | 1 | {soft:x}: 'x' is no whole number from 1 to 1000",
        "{soft:-1} {mask} | 1 | {soft:-1}: '-1' is no whole number from 1 to 1000",
        "{soft:1001} {mask} | 1 | {soft:1001}: '1001' is no whole number from 1 to 1000",
        "{soft:} {mask} | 1 | {soft:}: '' is no whole number from 1 to 1000",
        "{mask:2} | 1 | {mask} takes no number",
        "{mask} or {mask} | 11 | a second {mask}; there must be one",
        "{text_a} It was. | 17 | the end without a {mask}; the answer needs a place",
        "{mask} {text_a | 8 | an opening brace that is never closed ({{ writes a brace itself)",
        "{mask} {a {b} | 8 | an opening brace that is never closed ({{ writes a brace itself)",
        "{mask} a} | 9 | a closing brace without an opening one (}} writes a brace itself)",
        "{mask} { } | 8 | braces with no name in them",
        "{Mask} | 1 | {Mask} is written {mask}",
      })
  void errorsNameTheCharacter(String source, int character, String problem) {
    String expected = "template \"%s\", character %d: %s".formatted(source, character, problem);

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> ClozeTemplate.parse(source))
        .withMessage(expected);
  }

  @Test
  void aTemplateIsOneLine() {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> ClozeTemplate.parse("a\n{mask}"))
        .withMessageContaining("character 2: a line break");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        RTE + "|{text_a} Question: {text_b}? Answer: {mask}.",
        "{soft:3} {subject} {soft:3} {mask} {soft:3}|{subject} {mask}",
        "a {soft} {soft} b {{x}} {mask}|a b {{x}} {mask}",
        "{a}{sep}{b}? {soft:3} answer: {mask}|{a}{sep}{b}? answer: {mask}",
        "It is {mask}. |It is {mask}. ",
      })
  void softTokensGoWithTheSpacesThatSetThemApart(String source, String plain) {
    ClozeTemplate without = ClozeTemplate.parse(source).withoutSoftTokens();

    assertThat(without.source()).isEqualTo(plain);
    assertThat(without.softTokens()).isZero();
    assertThat(without.fields()).isEqualTo(ClozeTemplate.parse(source).fields());
  }

  @Test
  void aFullStopAfterTheGapIsSeen() {
    assertThat(ClozeTemplate.parse(RTE).endsSentenceAfterMask()).isTrue();
    assertThat(ClozeTemplate.parse("{mask} .").endsSentenceAfterMask()).isFalse();
    assertThat(ClozeTemplate.parse("a. {mask}").endsSentenceAfterMask()).isFalse();
  }
}
