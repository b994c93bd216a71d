package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class RougeLTest {

  /** Lin's example: "police killed the gunman" shares three words in order, or two. */
  @Test
  void wordsInOrderCount() {
    String reference = "police killed the gunman";

    assertThat(RougeL.f1(reference, "police kill the gunman")).isCloseTo(0.75, within(1e-12));
    assertThat(RougeL.f1(reference, "the gunman kill police")).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void precisionAndRecallBothCount() {
    // 3 common words of 3 and of 6: precision 1/2, recall 1
    assertThat(RougeL.f1("a b c", "a x b y c z")).isCloseTo(2 * 0.5 / 1.5, within(1e-12));
  }

  @Test
  void caseAndMarksDoNotCount() {
    assertThat(RougeL.f1("The Cat, sat!", "the cat sat")).isEqualTo(1);
    assertThat(RougeL.f1("…", "the cat")).isZero();
  }

  @Test
  void theBestReferenceCountsAndTextsAreAveraged() {
    List<List<String>> references = List.of(List.of("x y", "a b"), List.of("a b c d"));

    assertThat(RougeL.of(references, List.of("a b", "a"))).isCloseTo((1 + 0.4) / 2, within(1e-12));
  }

  @Test
  void unequalNumbersAreRefused() {
    assertThatThrownBy(() -> RougeL.of(List.of(List.of("a")), List.of()))
        .isInstanceOf(InvalidInputException.class);
  }
}
