package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordSplitterTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Ada (who sings) left.|Ada ( who sings ) left .",
        "`  don't   U.S. \"so\"... `|don't U.S . \" so \" . . .",
        "?!|?!",
        "北京John东京|北 京 John 东 京",
        "他说：“好。”|他 说 ：“ 好 。”",
        "トヨタ の車|ト ヨ タ の 車",
        "か\u3099く|か\u3099 く", // a letter and its mark
        "\uD842\uDFB7野家へ|\uD842\uDFB7 野 家 へ", // beyond the first plane
        "iPhone15を買う|iPhone15 を 買 う",
        "한국어 문장|한국어 문장", // which has spaces
      })
  void wordsStandBetweenSpacesPunctuationAndCharactersThatNeedNone(String text, String words) {
    assertThat(WordSplitter.words(text)).containsExactly(words.split(" "));
    assertThat(WordSplitter.places(text))
        .allSatisfy(place -> assertThat(place.start()).isLessThan(place.end()));
  }
}
