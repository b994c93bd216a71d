package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class TokenScoresTest {

  private static final float[] SCORES = {1f, -2f, 3f, 0.5f, 3f};

  @Test
  void theBestIsTheFirstOfEqualOnes() {
    assertThat(TokenScores.best(SCORES)).isEqualTo(2);
    assertThat(TokenScores.best(SCORES, 5)).containsExactly(2, 4, 0, 3, 1);
    assertThat(TokenScores.best(SCORES, 3)).containsExactly(2, 4, 0);
    assertThat(TokenScores.best(SCORES, 9)).hasSize(5);
    assertThat(TokenScores.best(new float[] {-1f, Float.NEGATIVE_INFINITY, -0.5f}, 3))
        .containsExactly(2, 0, 1);
  }

  @Test
  void logarithmsOfProbabilities() {
    // ln softmax(0, ln 2, ln 5): the probabilities are 1/8, 2/8, 5/8
    double[] logs =
        TokenScores.logProbabilities(new float[] {0, (float) Math.log(2), (float) Math.log(5)});

    assertThat(Math.exp(logs[0])).isCloseTo(0.125, within(1e-6));
    assertThat(Math.exp(logs[1])).isCloseTo(0.25, within(1e-6));
    assertThat(Math.exp(logs[2])).isCloseTo(0.625, within(1e-6));
    assertThat(TokenScores.logSum(new float[] {1000f, 1000f}))
        .isCloseTo(1000 + Math.log(2), within(1e-9));
  }

  @Test
  void scoresThatAreNoNumbersAreRefused() {
    assertThatThrownBy(() -> TokenScores.logSum(new float[] {1f, Float.NaN}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("NaN");
  }

  @Test
  void aPresentTokenBecomesLessLikelyOnce() {
    float[] scores = SCORES.clone();

    TokenScores.penalise(scores, new int[] {1, 2, 2, 77}, 2);

    assertThat(scores).containsExactly(1f, -4f, 1.5f, 0.5f, 3f);
  }

  /** Draws at the middle of each thousandth: how often each token comes is its probability. */
  private static double[] frequencies(GenerationSettings settings, float... scores) {
    double[] each = new double[scores.length];
    for (int i = 0; i < 1000; i++) {
      each[TokenScores.draw(scores, settings, (i + 0.5) / 1000)] += 0.001;
    }
    return each;
  }

  private static float ln(double value) {
    return (float) Math.log(value);
  }

  @Test
  void aTokenIsDrawnByItsProbability() {
    float[] scores = {ln(0.1), ln(0.4), ln(0.2), ln(0.3)};

    assertThat(frequencies(GenerationSettings.sampled(1, 0), scores))
        .containsExactly(new double[] {0.1, 0.4, 0.2, 0.3}, within(2e-3));
    // At temperature 1/2 probabilities are squared: 1, 16, 4, 9 of 30
    assertThat(frequencies(GenerationSettings.sampled(0.5, 0), scores))
        .containsExactly(new double[] {1 / 30.0, 16 / 30.0, 4 / 30.0, 9 / 30.0}, within(2e-3));
  }

  @Test
  void amongTheBestKOnly() {
    float[] scores = {ln(0.1), ln(0.4), ln(0.2), ln(0.3)};

    assertThat(frequencies(GenerationSettings.sampled(1, 0).withTopK(2), scores))
        .containsExactly(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, within(2e-3));
  }

  @Test
  void amongTheFewestThatHaveTheProbabilityTogether() {
    float[] scores = {ln(0.1), ln(0.4), ln(0.2), ln(0.3)};

    assertThat(frequencies(GenerationSettings.sampled(1, 0).withTopP(0.69), scores))
        .containsExactly(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, within(2e-3));
    assertThat(frequencies(GenerationSettings.sampled(1, 0).withTopP(0.71), scores))
        .containsExactly(new double[] {0, 4 / 9.0, 2 / 9.0, 3 / 9.0}, within(2e-3));
    assertThat(frequencies(GenerationSettings.sampled(1, 0).withTopP(0.01), scores))
        .containsExactly(new double[] {0, 1, 0, 0}, within(2e-3));
  }

  /** With a vocabulary of a real model's size only the best are sorted. */
  @Test
  void theBestOfManyAndDrawsAmongThem() {
    SplittableRandom random = new SplittableRandom(5);
    float[] scores = new float[50_000];
    for (int token = 0; token < scores.length; token++) {
      scores[token] = Math.round(random.nextDouble() * 20_000) / 1000f; // some are equal
    }
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, token -> token);
    Arrays.sort(order, Comparator.comparing((Integer token) -> -scores[token]));

    assertThat(TokenScores.best(scores, 300))
        .containsExactly(Arrays.stream(order).limit(300).mapToInt(token -> token).toArray());
    double[] mass = new double[scores.length + 1];
    for (int rank = 0; rank < scores.length; rank++) {
      mass[rank + 1] = mass[rank] + Math.exp(scores[order[rank]] / 1.5);
    }
    double all = mass[scores.length];
    int nucleus = 0;
    while (mass[nucleus] < 0.9 * all) {
      nucleus++;
    }
    for (double drawn : new double[] {0.001, 0.2, 0.5, 0.9, 0.9999}) {
      for (double topP : new double[] {1, 0.9}) {
        double within = topP == 1 ? all : mass[nucleus];
        int token =
            TokenScores.draw(scores, GenerationSettings.sampled(1.5, 0).withTopP(topP), drawn);
        int rank = Arrays.asList(order).indexOf(token);
        assertThat(drawn * within).isBetween(mass[rank] * (1 - 1e-9), mass[rank + 1] * (1 + 1e-9));
      }
    }
  }
}
