package org.ptuning4j.head.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Loss;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** The losses against their formulas, value by value, and their gradients by finite differences. */
class RegularisedLossesTest {

  private static final Engine ENGINE = Engine.reference();
  private static final float NONE = Float.NEGATIVE_INFINITY;
  private static final int CLASSES = 3;

  /** Three answers with three, two and three classes; the last one does not count. */
  private static final float[] LOGITS = {0.5f, -1, 2, 1.5f, 0.25f, NONE, 3, 3, -3};

  private static final float[] OTHERS = {0.25f, -0.5f, 1, -1, 0.75f, NONE, 1, 2, 3};
  private static final long[] TARGETS = {2, 0, Losses.IGNORED};
  private static final int COUNTED = 2;

  private static ClassScores scores(Tensor logits) {
    return new ClassScores(logits, TARGETS);
  }

  private static Tensor logits(float[] values) {
    return Tensors.of(values, values.length / CLASSES, CLASSES);
  }

  private static double[] logProbabilities(float[] logits, int row) {
    double[] own = new double[CLASSES];
    double sum = 0;
    for (int i = 0; i < CLASSES; i++) {
      own[i] = logits[row * CLASSES + i];
      sum += Math.exp(own[i]);
    }
    double log = Math.log(sum);
    return Arrays.stream(own).map(logit -> logit - log).toArray();
  }

  /** −Σ_c t_c log p_c with t of smoothed targets. */
  private static double smoothed(float[] logits, double epsilon) {
    double loss = 0;
    for (int row = 0; row < COUNTED; row++) {
      double[] logs = logProbabilities(logits, row);
      long classes = Arrays.stream(logs).filter(Double::isFinite).count();
      for (int i = 0; i < CLASSES; i++) {
        if (Double.isFinite(logs[i])) {
          double target = epsilon / classes + (i == TARGETS[row] ? 1 - epsilon : 0);
          loss -= target * logs[i];
        }
      }
    }
    return loss;
  }

  private static double kl(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Double.isFinite(p[i]) ? Math.exp(p[i]) * (p[i] - q[i]) : 0;
    }
    return sum;
  }

  private static double divergence(float[] first, float[] second) {
    double sum = 0;
    for (int row = 0; row < COUNTED; row++) {
      double[] p = logProbabilities(first, row);
      double[] q = logProbabilities(second, row);
      sum += (kl(p, q) + kl(q, p)) / 2;
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.9})
  void smoothedTargets(double epsilon) {
    Scope.run(
        () -> {
          Loss loss =
              RegularisedLosses.smoothedCrossEntropy(scores(logits(LOGITS)), epsilon, ENGINE);
          assertThat(loss.sum().item_double()).isCloseTo(smoothed(LOGITS, epsilon), within(1e-5));
          assertThat(loss.count()).isEqualTo(COUNTED);
        });
  }

  /** Without smoothing it is libtorch's own loss, to the bit. */
  @Test
  void noSmoothingIsTheUsualLoss() {
    Scope.run(
        () -> {
          ClassScores scores = scores(logits(LOGITS));
          double plain = Losses.crossEntropy(scores, ENGINE).sum().item_double();
          double none =
              RegularisedLosses.smoothedCrossEntropy(scores, 0, ENGINE).sum().item_double();
          assertThat(none).isEqualTo(plain);
        });
  }

  @Test
  void answersOfWhichNoneCounts() {
    Scope.run(
        () -> {
          ClassScores open =
              new ClassScores(logits(new float[] {1, 2, 3}), new long[] {Losses.IGNORED});
          Loss loss = RegularisedLosses.smoothedCrossEntropy(open, 0.1, ENGINE);
          assertThat(loss.sum().item_double()).isZero();
          assertThat(loss.count()).isZero();
          assertThat(RegularisedLosses.divergence(open, open, ENGINE).item_double()).isZero();
        });
  }

  @Test
  void theDivergenceOfTwoPasses() {
    Scope.run(
        () -> {
          ClassScores first = scores(logits(LOGITS));
          ClassScores second = scores(logits(OTHERS));
          double there = RegularisedLosses.divergence(first, second, ENGINE).item_double();
          double back = RegularisedLosses.divergence(second, first, ENGINE).item_double();
          assertThat(there).isCloseTo(divergence(LOGITS, OTHERS), within(1e-5)).isPositive();
          assertThat(back).isCloseTo(there, within(1e-6));
          assertThat(RegularisedLosses.divergence(first, first, ENGINE).item_double()).isZero();
        });
  }

  @Test
  void gradientsOfSmoothedTargets() {
    checkGradients(
        LOGITS,
        logits -> RegularisedLosses.smoothedCrossEntropy(scores(logits), 0.3, ENGINE).sum(),
        values -> smoothed(values, 0.3));
  }

  /** Both passes are trained: the gradient flows through either. */
  @Test
  void gradientsOfTheDivergence() {
    checkGradients(
        LOGITS,
        logits -> RegularisedLosses.divergence(scores(logits), scores(logits(OTHERS)), ENGINE),
        values -> divergence(values, OTHERS));
    checkGradients(
        OTHERS,
        logits -> RegularisedLosses.divergence(scores(logits(LOGITS)), scores(logits), ENGINE),
        values -> divergence(LOGITS, values));
  }

  private static void checkGradients(
      float[] values, Function<Tensor, Tensor> loss, Function<float[], Double> reference) {
    Scope.run(
        () -> {
          Tensor logits = logits(values).set_requires_grad(true);
          loss.apply(logits).backward();
          float[] gradient = Tensors.floats(logits.grad());
          float step = 1f / 64;
          for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
              assertThat(gradient[i]).isZero();
              continue;
            }
            float[] more = values.clone();
            float[] less = values.clone();
            more[i] += step;
            less[i] -= step;
            double slope = (reference.apply(more) - reference.apply(less)) / (2 * step);
            assertThat((double) gradient[i]).as("value %d", i).isCloseTo(slope, within(1e-3));
          }
        });
  }
}
