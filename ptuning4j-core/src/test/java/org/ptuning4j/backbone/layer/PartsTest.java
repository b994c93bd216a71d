package org.ptuning4j.backbone.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.layer.norm.LayerNorm;
import org.ptuning4j.backbone.layer.norm.RmsNorm;
import org.ptuning4j.backbone.weight.FixedWeights;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** The parts alone, against what their formulas say. */
class PartsTest {

  private static final Engine ENGINE = Engine.reference();

  private final RandomStream random = RandomStream.of(9);

  private static Pass pass(TokenBatch tokens) {
    ScoreMasks scores = new ScoreMasks(ENGINE, tokens);
    Rotations rotations = new Rotations(ENGINE, tokens, new int[] {0, 1, 2, 3});
    return new Pass(
        ENGINE,
        ForwardOptions.evaluation(Positions.ALL),
        Set.of(),
        scores,
        rotations,
        new Distances(ENGINE, tokens));
  }

  private static TokenBatch tokens() {
    return TokenBatch.of(List.of(new int[] {1, 2, 3, 4}), List.of(new int[4]), 0);
  }

  @Test
  void rmsNormDividesByTheRootMeanSquare() {
    Scope.run(
        () -> {
          Map<String, Tensor> values =
              Map.of("n.weight", Tensors.of(new float[] {1, 2, 0.5f, -1}, 4));
          RmsNorm norm = RmsNorm.of(new FixedWeights(values, ENGINE), "n", 4, 0.01);
          float[] found = Tensors.floats(norm.apply(Tensors.of(new float[] {1, 2, 3, 4}, 1, 4)));
          double root = Math.sqrt(30 / 4.0 + 0.01);
          double[] expected = {1 / root, 4 / root, 1.5 / root, -4 / root};
          for (int i = 0; i < 4; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(1e-6));
          }
        });
  }

  @Test
  void aLayerNormMayHaveNoBias() {
    Scope.run(
        () -> {
          Map<String, Tensor> values =
              Map.of(
                  "n.weight", Tensors.of(new float[] {1, 2}, 2), "n.bias", random.gaussian(1, 2));
          FixedWeights weights = new FixedWeights(values, ENGINE);
          Tensor x = Tensors.of(new float[] {-1, 1}, 1, 2);
          Tensor without = LayerNorm.of(weights, "n", 2, 0, false).apply(x);
          assertThat(Tensors.floats(without)).containsExactly(new float[] {-1, 2}, within(1e-6f));
          Tensor with = LayerNorm.of(weights, "n", 2, 0, true).apply(x);
          assertClose("bias", with, without.add(values.get("n.bias")), 1e-6, 0);
        });
  }

  @Test
  void aGateMultipliesWhatIsActivated() {
    Scope.run(
        () -> {
          Map<String, Tensor> values =
              Map.of("in.weight", random.gaussian(1, 6, 4), "out.weight", random.gaussian(1, 4, 3));
          FixedWeights weights = new FixedWeights(values, ENGINE);
          GatedFeedForward network =
              new GatedFeedForward(
                  Linear.of(weights, "in", 6, 4, false),
                  Activation.SILU,
                  Linear.of(weights, "out", 4, 3, false));
          Tensor x = random.gaussian(1, 1, 4, 4);
          Tensor both = x.matmul(values.get("in.weight").t());
          Tensor expected =
              torch
                  .silu(both.narrow(2, 0, 3))
                  .mul(both.narrow(2, 3, 3))
                  .matmul(values.get("out.weight").t());
          assertClose("gated", network.apply(pass(tokens()), x), expected, 1e-5, 0);
        });
  }

  @Test
  void aTransposedMatrixIsTheSameLayer() {
    Scope.run(
        () -> {
          Tensor matrix = random.gaussian(1, 3, 2); // [in, out]
          Map<String, Tensor> values = Map.of("c.weight", matrix, "c.bias", random.gaussian(1, 2));
          Linear layer = Linear.transposed(new FixedWeights(values, ENGINE), "c", 2, 3);
          Tensor x = random.gaussian(1, 5, 3);
          Tensor expected = x.matmul(matrix).add(values.get("c.bias"));
          assertClose("transposed", layer.apply(ENGINE, x), expected, 1e-5, 0);
        });
  }

  /** Two heads that share keys and values are two heads whose keys and values are equal. */
  @Test
  void sharedKeysAndValuesAreRepeatedOnes() {
    Scope.run(
        () -> {
          Tensor query = random.gaussian(1, 8, 8);
          Tensor key = random.gaussian(1, 4, 8); // 2 of 4 heads, d = 2
          Tensor value = random.gaussian(1, 4, 8);
          Tensor output = random.gaussian(1, 8, 8);
          Map<String, Tensor> shared =
              Map.of("q.weight", query, "k.weight", key, "v.weight", value, "o.weight", output);
          Map<String, Tensor> repeated =
              Map.of(
                  "q.weight",
                  query,
                  "k.weight",
                  repeated(key),
                  "v.weight",
                  repeated(value),
                  "o.weight",
                  output);
          Pass pass = pass(tokens());
          Tensor x = random.gaussian(1, 1, 4, 8);
          TokenBatch batch = tokens();
          for (Positions wanted : Positions.values()) {
            Tensor few =
                attention(new HeadSizes(4, 2, 2), shared)
                    .apply(pass, x, batch.read(wanted), Optional.empty())
                    .get(0);
            Tensor all =
                attention(new HeadSizes(4, 4, 2), repeated)
                    .apply(pass, x, batch.read(wanted), Optional.empty())
                    .get(0);
            assertClose("shared", few, all, 1e-5, 0);
          }
        });
  }

  /** {@code [2·2, 8] → [4·2, 8]}: each head twice. */
  private static Tensor repeated(Tensor heads) {
    Tensor first = heads.narrow(0, 0, 2);
    Tensor second = heads.narrow(0, 2, 2);
    return Tensors.cat(0, first, first, second, second);
  }

  private static Attention attention(HeadSizes sizes, Map<String, Tensor> values) {
    FixedWeights weights = new FixedWeights(values, ENGINE);
    Linear fused =
        Linear.stacked(
            weights,
            "qkv",
            List.of("q", "k", "v"),
            List.of(sizes.queryWidth(), sizes.keyWidth(), sizes.keyWidth()),
            8,
            false);
    return Attention.plain(sizes, fused, Linear.of(weights, "o", 8, 8, false));
  }

  /** The product of a turned query and a turned key depends on their distance alone. */
  @Test
  void rotationsTellDistances() {
    Scope.run(
        () -> {
          Rotary rotary = new Rotary(100, 4);
          TokenBatch batch = tokens();
          Pass pass = pass(batch);
          pass.rotations().prepare(rotary);
          Tensor same = random.gaussian(1, 1, 1, 1, 4).expand(1, 1, 4, 4);
          Tensor turned = rotary.apply(pass, same, batch.read(Positions.ALL));
          Tensor products = turned.matmul(turned.transpose(2, 3)).select(0, 0).select(0, 0);
          float[] p = Tensors.floats(products);
          assertThat(p[1]).isCloseTo(p[4 + 2], within(1e-5f)).isCloseTo(p[8 + 3], within(1e-5f));
          assertThat(p[2]).isCloseTo(p[4 + 3], within(1e-5f)).isNotEqualTo(p[1]);
          assertThat(Tensors.floats(turned.select(2, 0)))
              .containsExactly(Tensors.floats(same.select(2, 0)), within(1e-6f));
        });
  }
}
