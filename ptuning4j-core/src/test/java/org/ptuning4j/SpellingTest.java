package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

  @ParameterizedTest
  @CsvSource({
    "'',abc,3",
    "abc,abc,0",
    "abc,acb,1",
    "kitten,sitting,3",
    "label,labels,1",
    "ab,ba,1",
    "a,b,1"
  })
  void distanceCountsEdits(String a, String b, int distance) {
    assertThat(Spelling.distance(a, b)).isEqualTo(distance);
    assertThat(Spelling.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void nearestNameIsSuggested() {
    List<String> known = List.of("sentence", "sentence1", "label", "idx");
    assertThat(Spelling.closest("sentense", known)).contains("sentence");
    assertThat(Spelling.closest("SENTENCE1", known)).contains("sentence1");
    assertThat(Spelling.closest("sent", known)).contains("sentence");
    assertThat(Spelling.closest("lable", known)).contains("label");
  }

  @Test
  void nothingIsSuggestedForAStranger() {
    assertThat(Spelling.closest("hypothesis", List.of("label", "idx"))).isEmpty();
    assertThat(Spelling.closest("x", List.of())).isEmpty();
  }
}
