package org.ptuning4j.data.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which characters of a text count, and where. */
class NormalTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"a b", "~", "!a", "a ~", "not entailed at all"})
  void asciiInItsNormalFormStaysAsItIs(String text) {
    assertThat(NormalText.of(text)).isSameAs(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {" a b", "a b ", "a  b", "a   b", "a\tb", "a b\u007f"})
  void asciiInAnotherFormIsBroughtToIt(String text) {
    assertThat(NormalText.of(text)).isEqualTo("a b");
  }

  /** A joiner or selector shapes what is before it; where nothing is, it is a stray character. */
  @ParameterizedTest
  @CsvSource({
    "'\ufe0fpos', pos", // at the beginning
    "'pos \ufe0f', pos", // after a space
    "'a \ufe0fb', a b",
    "'pos\u200b\ufe0f', pos", // after an invisible character
    "'pos\udb40\udc67', pos", // the letter of a flag, without a flag
    "'\u0645\u200ca', '\u0645a'", // between two scripts, of which one does not join
    "'a\u200c\u0645', 'a\u0645'",
    "'\u2764\u200da', '\u2764a'", // after an emoji, before a letter
    "'\u2764\u200d', '\u2764'", // at the end
    "'\u200d\u2764', '\u2764'", // at the beginning
  })
  void whatShapesNothingIsLeftOut(String written, String normal) {
    assertThat(NormalText.of(written)).isEqualTo(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u2764\ufe00",
        "\u2764\ufe0e", // a heart as text
        "\u2764\ufe0f", // the same as an emoji
        "\u8fba\udb40\udd00", // an ideographic variation, the first
        "\u8fba\udb40\uddef", // and the last
        "\u1820\u180b\u1820", // Mongolian
        "\u1820\u180f\u1820",
        "\ud83d\udc4d\ud83c\udffb\u200d\ud83d\udc4d", // the lightest skin
        "\ud83d\udc4d\ud83c\udfff\u200d\ud83d\udc4d", // the darkest
        "\u0915\u093e\u200d\u0937", // after a vowel sign of Devanagari
      })
  void whatShapesStays(String text) {
    assertThat(NormalText.of(text)).isEqualTo(text);
  }

  /** Unicode calls them formats, but they are printed: as a year's sign or an abbreviation's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0600",
        "\u0603",
        "\u0605",
        "\u06dd",
        "\u070f",
        "\u0890",
        "\u0891",
        "\u08e2",
        "\ud804\udcbd",
        "\ud804\udccd"
      })
  void signsAroundNumbersAreVisible(String sign) {
    assertThat(NormalText.isVisible(sign)).isTrue();
    assertThat(NormalText.of(sign + "12")).isEqualTo(sign + "12");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u061c", "\u034f", "\u115f", "\u1160", "\u3164", "\uffa0", "\ufe0f"})
  void marksAndFillersAreNot(String sign) {
    assertThat(NormalText.isBlank(sign)).isTrue();
    assertThat(NormalText.isSpace(sign)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n", "\u00a0", "\u0085", "\u2800", "\u3000 \u2028"})
  void spacesAreSpacesOfAnyKind(String text) {
    assertThat(NormalText.isSpace(text)).isTrue();
    assertThat(NormalText.isBlank(text)).isTrue();
    assertThat(NormalText.isSpace(text + "a")).isFalse();
    assertThat(NormalText.isSpace("\ud83d\udc4d" + text)).isFalse();
    assertThat(NormalText.isBlank(text + "a")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "' \u200b ', ''",
    "'a', 'a'",
    "'\ufeff a  b\u00a0\t', 'a  b'", // spaces within stay as they are
    "'\u200b\u2764\ufe0f', '\u2764\ufe0f'", // and so does what shapes the last character
    "'\ud83d\udc4d\udb40\udc67', '\ud83d\udc4d'", // a character of two units
  })
  void trimmingTakesTheEndsOnly(String text, String trimmed) {
    assertThat(NormalText.trimmed(text)).isEqualTo(trimmed);
  }

  @Test
  void aComposedLetterIsTheSameAfterWhatStoodBetweenIsGone() {
    assertThat(NormalText.areSame("e\u200b\u0301", "\u00e9")).isTrue();
    assertThat(NormalText.areSame("e", "\u00e9")).isFalse();
  }
}
