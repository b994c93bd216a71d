package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class BleuTest {

  /** The figure that sacreBLEU's own documentation gives for these texts, 48.53. */
  @Test
  void theWellKnownExample() {
    List<List<String>> references =
        List.of(
            List.of("The dog bit the man.", "The dog had bit the man."),
            List.of("It was not unexpected.", "No one was surprised."),
            List.of("The man bit him first.", "The man had bitten the dog."));
    List<String> texts =
        List.of("The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.");

    assertThat(Bleu.of(references, texts)).isCloseTo(0.4853082700992987, within(1e-12));
  }

  @Test
  void precisionsAreClipped() {
    // Papineni's example: "the" seven times matches twice of 7, and longer rows never do.
    double bleu =
        Bleu.of(List.of(List.of("the cat is on the mat")), List.of("the the the the the the the"));

    // 2/7, then 1/2 of 1/6, 1/4 of 1/5, 1/8 of 1/4; as long as the reference or longer
    double expected = Math.pow(2 / 7.0 * (1 / 12.0) * (1 / 20.0) * (1 / 32.0), 0.25);
    assertThat(bleu).isCloseTo(expected, within(1e-12));
  }

  @Test
  void shortTextsArePenalised() {
    double bleu = Bleu.of(List.of(List.of("a b c d e f g h")), List.of("a b c d"));

    assertThat(bleu).isCloseTo(Math.exp(1 - 8 / 4.0), within(1e-12));
  }

  @Test
  void theClosestReferenceGivesTheLength() {
    List<List<String>> references = List.of(List.of("a b c d e f g h", "a b c d x"));

    assertThat(Bleu.of(references, List.of("a b c d")))
        .isCloseTo(Math.exp(1 - 5 / 4.0), within(1e-12));
  }

  @Test
  void sameTextsScoreOneAndStrangeOnesNothing() {
    List<List<String>> references = List.of(List.of("Zizzi serves pasta by the river."));

    assertThat(Bleu.of(references, List.of("Zizzi serves pasta by the river."))).isEqualTo(1);
    assertThat(Bleu.of(references, List.of("zizzi")))
        .as("case counts, and nothing matches")
        .isZero();
    assertThat(Bleu.of(references, List.of(""))).isZero();
  }

  @Test
  void wordsNumbersAndMarksAreSplitAsWmtDoes() {
    assertThat(Bleu.words("Costs $1,234.50 (about 3.5%), isn't it?"))
        .containsExactly(
            "Costs", "$", "1,234.50", "(", "about", "3.5", "%", ")", ",", "isn't", "it", "?");
    assertThat(Bleu.words("A 3-day trip&amp;stay.\nEnd."))
        .containsExactly("A", "3", "-", "day", "trip", "&", "stay", ".", "End", ".");
    assertThat(Bleu.words("  ")).isEmpty();
  }

  @Test
  void unequalNumbersAreRefused() {
    assertThatThrownBy(() -> Bleu.of(List.of(List.of("a")), List.of("a", "b")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Bleu.of(List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class);
  }
}
