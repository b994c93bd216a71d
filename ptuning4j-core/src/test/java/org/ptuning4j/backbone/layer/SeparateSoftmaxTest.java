package org.ptuning4j.backbone.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.PrefixMass;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.weight.FixedWeights;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Two softmaxes against their formula, computed one number at a time. */
class SeparateSoftmaxTest {

  private static final Engine ENGINE = Engine.reference();
  private static final int N = 4;
  private static final int P = 3;
  private static final int D = 2;
  private static final double SCALE = 1 / Math.sqrt(D);

  private final RandomStream random = RandomStream.of(9);

  private static Pass pass(ForwardOptions options) {
    TokenBatch tokens = TokenBatch.of(List.of(new int[] {1, 2, 3, 4}), List.of(new int[N]), 0);
    return new Pass(
        ENGINE,
        options,
        Set.of(),
        new ScoreMasks(ENGINE, tokens),
        new Rotations(ENGINE, tokens, new int[] {0, 1, 2, 3}),
        new Distances(ENGINE, tokens));
  }

  private static ForwardOptions options() {
    return ForwardOptions.evaluation(Positions.ALL);
  }

  /** {@code Σ softmax(scale·q·K + mask)·V} of one query. */
  private static double[] attended(float[] query, float[] keys, float[] values, float[] mask) {
    int count = keys.length / D;
    double[] weights = new double[count];
    double all = 0;
    for (int k = 0; k < count; k++) {
      double score = 0;
      for (int i = 0; i < D; i++) {
        score += query[i] * keys[k * D + i];
      }
      weights[k] = Math.exp(score * SCALE + mask[k]);
      all += weights[k];
    }
    double[] out = new double[D];
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < D; i++) {
        out[i] += weights[k] / all * values[k * D + i];
      }
    }
    return out;
  }

  /** Attention with projections that leave the states as they are: q = k = v = x, one head. */
  private static Attention ofTheStatesThemselves() {
    Tensor unit = Tensors.of(new float[] {1, 0, 0, 1}, D, D);
    FixedWeights weights =
        new FixedWeights(
            Map.of("qkv.weight", Tensors.cat(0, unit, unit, unit), "out.weight", unit), ENGINE);
    return Attention.plain(
        new HeadSizes(1, 1, D),
        Linear.of(weights, "qkv", 3 * D, D, false),
        Linear.of(weights, "out", D, D, false));
  }

  @Test
  void whatThePrefixGivesIsAdded() {
    Scope.run(
        () -> {
          Tensor x = random.gaussian(1, 1, N, D);
          Tensor keys = random.gaussian(1, 1, 1, P, D);
          Tensor values = random.gaussian(1, 1, 1, P, D);
          float[] mask = {0.5f, -1, 0.25f};
          LayerPrefix prefix =
              new LayerPrefix(keys, values, Optional.of(Tensors.of(mask, 1, P))).asSeparate();
          PrefixMass mass = new PrefixMass();
          Tensor found =
              ofTheStatesThemselves()
                  .apply(
                      pass(options().measuring(mass)), x, ReadColumns.all(N), Optional.of(prefix))
                  .get(0);
          float[] states = Tensors.floats(x);
          double part = 0;
          for (int at = 0; at < N; at++) {
            float[] query = {states[at * D], states[at * D + 1]};
            double[] text = attended(query, states, states, new float[N]);
            double[] added = attended(query, Tensors.floats(keys), Tensors.floats(values), mask);
            for (int i = 0; i < D; i++) {
              assertThat((double) Tensors.floats(found)[at * D + i])
                  .isCloseTo(text[i] + added[i], within(1e-5));
            }
            double length = Math.hypot(added[0], added[1]);
            part += length / (length + Math.hypot(text[0], text[1])) / N;
          }
          assertThat(mass.means()).containsOnlyKeys(1);
          assertThat(mass.means().get(1)).containsExactly(new double[] {part}, within(1e-5));
        });
  }

  /** Columns that share the softmax and others that do not, as rows of one batch have them. */
  @Test
  void bothKindsStandBesideEachOther() {
    Scope.run(
        () -> {
          Tensor x = random.gaussian(1, 1, N, D);
          LayerPrefix joint =
              LayerPrefix.of(random.gaussian(1, 1, 1, 2, D), random.gaussian(1, 1, 1, 2, D));
          LayerPrefix own =
              LayerPrefix.of(random.gaussian(1, 1, 1, P, D), random.gaussian(1, 1, 1, P, D));
          Attention attention = ofTheStatesThemselves();
          Tensor none = of(attention, x, Optional.empty());
          Tensor added = of(attention, x, Optional.of(own.asSeparate())).sub(none);
          Tensor both = of(attention, x, Optional.of(joint.beside(own.asSeparate())));
          Tensor other = of(attention, x, Optional.of(own.asSeparate().beside(joint)));
          assertClose("both", both, of(attention, x, Optional.of(joint)).add(added), 1e-5, 0);
          assertClose("in either order", other, both, 1e-6, 0);
        });
  }

  private static Tensor of(Attention attention, Tensor x, Optional<LayerPrefix> prefix) {
    return attention.apply(pass(options()), x, ReadColumns.all(N), prefix).get(0);
  }
}
