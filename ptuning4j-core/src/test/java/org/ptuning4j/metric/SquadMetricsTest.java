package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.metric.SquadMetrics.Answer;
import org.ptuning4j.metric.SquadMetrics.Best;
import org.ptuning4j.metric.SquadMetrics.BestThresholds;
import org.ptuning4j.metric.SquadMetrics.Scores;
import org.ptuning4j.metric.SquadMetrics.Split;

class SquadMetricsTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-9);

  @Provide
  Arbitrary<List<Answer>> answers() {
    Arbitrary<String> text = Arbitraries.of("red cat", "red dog", "the cat", "blue", "a");
    // Not an article alone: bestThresholds and version2 disagree on it, as the script does.
    Arbitrary<String> prediction = Arbitraries.of("red cat", "red dog", "the cat", "blue", "");
    return Combinators.combine(
            text.list().ofMaxSize(2),
            prediction,
            Arbitraries.doubles().between(-5, 5).filter(score -> score != 0))
        .as(Answer::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .uniqueElements(Answer::nullScore);
  }

  /** Without equal null scores, the best is what the aggregate gives at its threshold. */
  @Property(tries = 500)
  void bestThresholdsGiveTheirScores(@ForAll("answers") List<Answer> answers) {
    BestThresholds best = SquadMetrics.bestThresholds(answers);
    double exact = 0;
    double f1 = 0;
    for (Answer cut : answers) {
      for (double threshold : new double[] {cut.nullScore(), -6}) {
        Scores scores = SquadMetrics.version2(answers, threshold).all();
        exact = Math.max(exact, scores.exact());
        f1 = Math.max(f1, scores.f1());
      }
    }
    assertThat(best.exact().percent()).isCloseTo(exact, CLOSE);
    assertThat(best.f1().percent()).isCloseTo(f1, CLOSE);
    assertThat(SquadMetrics.version2(answers, best.exact().threshold()).all().exact())
        .isCloseTo(exact, CLOSE);
    assertThat(SquadMetrics.version2(answers, best.f1().threshold()).all().f1())
        .isCloseTo(f1, CLOSE);
  }

  @Test
  void bestThresholdsByHand() {
    List<Answer> answers =
        List.of(
            new Answer(List.of("red cat"), "red", -2),
            new Answer(List.of(), "red", -1),
            new Answer(List.of("blue"), "blue", 1),
            new Answer(List.of(), "blue", 3));
    assertThat(SquadMetrics.bestThresholds(answers))
        .usingRecursiveComparison()
        .isEqualTo(
            new BestThresholds(
                new Best(50, Math.nextDown(-2.0)), new Best(100 * (2 + 2.0 / 3) / 4, -2)));
  }

  @Test
  void equalNullScoresAreAdmittedOneByOneAsInTheScript() {
    List<Answer> answers =
        List.of(new Answer(List.of("blue"), "blue", 0.5), new Answer(List.of(), "blue", 0.5));
    assertThat(SquadMetrics.bestThresholds(answers).exact()).isEqualTo(new Best(100, 0.5));
    assertThat(SquadMetrics.version2(answers, 0.5).all().exact()).isEqualTo(50);
  }

  @Test
  void anyTextIsWrongForNoAnswerWhenThresholdsAreSoughtAsInTheScript() {
    List<Answer> answers =
        List.of(new Answer(List.of(), "a", 0.1), new Answer(List.of("blue"), "blue", 0.2));
    assertThat(SquadMetrics.version2(answers).all().exact()).isEqualTo(100);
    assertThat(SquadMetrics.bestThresholds(answers).exact()).isEqualTo(new Best(50, 0));
  }

  @Test
  void splitIsByWhetherThereIsAnAnswer() {
    List<Answer> answers =
        List.of(
            new Answer(List.of("red cat", "the red cat!"), "Red cat", 0.9),
            new Answer(List.of("red cat"), "cat", 0.1),
            new Answer(List.of(), "cat", 0.6));
    double f1 = 100 * (2.0 / 3);
    Split all = SquadMetrics.version2(answers);
    assertThat(all.hasAnswer().exact()).isEqualTo(50);
    assertThat(all.hasAnswer().f1()).isCloseTo((100 + f1) / 2, CLOSE);
    assertThat(all.noAnswer()).isEqualTo(new Scores(0, 0, 1));
    assertThat(all.all().f1()).isCloseTo((100 + f1) / 3, CLOSE);
    Split cut = SquadMetrics.version2(answers, 0.5);
    assertThat(cut.hasAnswer().exact()).isZero();
    assertThat(cut.hasAnswer().f1()).isCloseTo(f1 / 2, CLOSE);
    assertThat(cut.noAnswer()).isEqualTo(new Scores(100, 100, 1));
    assertThat(SquadMetrics.version2(answers, 0.6).noAnswer().exact()).isZero();
    assertThat(SquadMetrics.version2(answers.subList(0, 1)).noAnswer())
        .isEqualTo(new Scores(0, 0, 0));
  }

  @Test
  void goldsWithoutWordsAreLeftOut() {
    assertThat(SquadMetrics.bestExact(List.of("the", "cat"), "")).isZero();
    assertThat(SquadMetrics.bestExact(List.of("the"), "")).isEqualTo(1);
    assertThat(SquadMetrics.bestF1(List.of(), "")).isEqualTo(1);
    assertThat(SquadMetrics.bestF1(List.of("the", "red cat", "cat"), "cat")).isEqualTo(1);
  }

  @Test
  void wordsAndSpacesAreThoseOfPython() {
    assertThat(SquadMetrics.normalise("x\u00a0the\u2003y\u001fz\u0085")).isEqualTo("x y z");
    assertThat(SquadMetrics.normalise("\u00e9a a\u00e9 a\u0663 a"))
        .isEqualTo("\u00e9a a\u00e9 a\u0663");
    // A combining mark is no part of a word there.
    assertThat(SquadMetrics.normalise("a\u0301")).isEqualTo("\u0301");
    assertThat(SquadMetrics.normalise("a_b !\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~ \u20ac"))
        .isEqualTo("ab \u20ac");
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> SquadMetrics.version1(List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("no questions to score: there must be one at least");
    assertThatThrownBy(() -> SquadMetrics.version2(List.of()))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> SquadMetrics.bestThresholds(List.of()))
        .isInstanceOf(InvalidInputException.class);
    List<Answer> unanswerable = List.of(new Answer(List.of(), "x"));
    assertThatThrownBy(() -> SquadMetrics.version1(unanswerable))
        .hasMessage("question 0 has no gold: SQuAD 1.1 needs one at least");
    assertThatThrownBy(() -> SquadMetrics.version2(unanswerable, Double.NaN))
        .hasMessage("threshold is NaN: must be a number");
    assertThatThrownBy(() -> new Answer(List.of(), "x", Double.NaN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("null score of answer 'x' is NaN: must be a number");
  }
}
