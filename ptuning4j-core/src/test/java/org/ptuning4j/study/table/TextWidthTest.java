package org.ptuning4j.study.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextWidthTest {

  @ParameterizedTest
  @CsvSource({
    "accuracy, 8",
    "naïve, 5",
    "nai\u0308ve, 5", // a combining mark takes no place
    "zero\u200bwidth, 9",
    "情感, 4",
    "ｌａｂｅｌ, 10", // full-width letters
    "한국어, 6",
    "★ ⭐ ✅, 7", // the first is one place wide, the emoji are two
    "🙂, 2",
    "é́, 1"
  })
  void placesAreCountedAsATerminalDoes(String text, int places) {
    assertThat(TextWidth.of(text)).isEqualTo(places);
  }

  @Test
  void whatWouldCommandATerminalIsNotShown() {
    assertThat(TextWidth.oneLine(" a\tb\n\u001b[31mc\u2028d ")).isEqualTo("a b [31mc d");
  }

  @Test
  void aLongTextIsCutAtWholeSigns() {
    assertThat(TextWidth.shortened("情感分析", 8)).isEqualTo("情感分析");
    assertThat(TextWidth.shortened("情感分析", 7)).isEqualTo("情感分…");
    assertThat(TextWidth.shortened("情感分析", 6)).isEqualTo("情感…");
    assertThat(TextWidth.shortened("abc def", 5)).isEqualTo("abc…");
  }
}
