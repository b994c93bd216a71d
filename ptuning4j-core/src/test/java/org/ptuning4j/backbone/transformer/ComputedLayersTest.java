package org.ptuning4j.backbone.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Layers;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** The lowest layers, and then the others over their states, are the whole model to the bit. */
class ComputedLayersTest {

  private static final int P = 3;

  private static Backbone backbone(String architecture) {
    return BackboneFamilies.standard()
        .load(ModelFolder.open(TinyModel.folder(architecture)), Engine.reference());
  }

  /** Rows of different lengths, so that there is padding. */
  private static TokenBatch tokens() {
    return TokenBatch.of(
        List.of(new int[] {2, 11, 12, 13, 14, 3}, new int[] {2, 21, 22, 3}),
        List.of(new int[] {0, 0, 0, 0, 0, 0}, new int[] {0, 0, 0, 0}),
        0);
  }

  /** A prefix in every layer from one on, and positions that are moved up. */
  private static Injection from(int layer, BackboneSpec spec) {
    RandomStream random = RandomStream.of(7);
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int index = layer; index < spec.layers(); index++) {
      long[] shape = {2, spec.keyValueHeads(), P, spec.headSize()};
      prefixes.put(index, LayerPrefix.of(random.gaussian(1, shape), random.gaussian(1, shape)));
    }
    return Injection.deep(prefixes, Optional.of(new int[] {P, P}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "albert",
        "bert",
        "deberta",
        "deberta_v2",
        "deberta_v2_conv",
        "distilbert",
        "electra",
        "gemma3",
        "gpt2",
        "llama",
        "modernbert",
        "mpnet",
        "qwen3",
        "roberta",
        "xlm_roberta"
      })
  void bothPartsAreTheWhole(String architecture) {
    try (Backbone backbone = backbone(architecture)) {
      for (int count = 1; count < backbone.spec().layers(); count++) {
        int below = count;
        for (Positions positions : Positions.values()) {
          Scope.run(
              () -> {
                Injection prompt = from(below, backbone.spec());
                ForwardOptions options = ForwardOptions.evaluation(positions);
                ForwardOptions all = ForwardOptions.evaluation(Positions.ALL);
                Tensor whole = backbone.forward(tokens(), prompt, options).lastHidden();
                Tensor states =
                    backbone
                        .forward(tokens(), prompt, all.of(new Layers.Lowest(below)))
                        .lastHidden();
                Tensor last =
                    backbone
                        .forward(tokens(), prompt, options.of(new Layers.Above(below, states)))
                        .lastHidden();
                assertThat(Tensors.floats(last)).isEqualTo(Tensors.floats(whole));
              });
        }
      }
    }
  }

  @Test
  void theLowestLayersGiveTheStatesBetween() {
    try (Backbone backbone = backbone("bert")) {
      Scope.run(
          () -> {
            ForwardOptions all = ForwardOptions.evaluation(Positions.ALL);
            List<Tensor> between =
                backbone
                    .forward(tokens(), Injection.none(), all.withAllHiddenStates())
                    .hiddenStates();
            Tensor two =
                backbone
                    .forward(tokens(), Injection.none(), all.of(new Layers.Lowest(2)))
                    .lastHidden();
            assertThat(Tensors.floats(two)).isEqualTo(Tensors.floats(between.get(2)));
          });
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    try (Backbone backbone = backbone("bert")) {
      Scope.run(
          () -> {
            long hidden = backbone.spec().hidden();
            Tensor states = RandomStream.of(1).gaussian(1, 2, 6, hidden);
            Tensor others = RandomStream.of(1).gaussian(1, 2, 5, hidden);
            InputVectors soft =
                new InputVectors(new long[] {1}, RandomStream.of(1).gaussian(1, 1, hidden));
            assertRefused(backbone, Injection.none(), new Layers.Lowest(0), "0 of 3 layers");
            assertRefused(backbone, Injection.none(), new Layers.Lowest(3), "3 of 3 layers");
            assertRefused(backbone, Injection.none(), new Layers.Above(3, states), "3 of 3");
            assertRefused(backbone, Injection.none(), new Layers.Above(1, others), "[2, 5, ");
            assertRefused(
                backbone, from(1, backbone.spec()), new Layers.Above(2, states), "lowest 2 layers");
            assertRefused(
                backbone, Injection.inputs(soft), new Layers.Above(1, states), "at the input");
            ForwardOptions all = ForwardOptions.evaluation(Positions.ALL);
            assertThatThrownBy(() -> all.withAllHiddenStates().of(new Layers.Lowest(1)))
                .isInstanceOf(IllegalArgumentException.class);
          });
    }
  }

  private static void assertRefused(
      Backbone backbone, Injection injection, Layers layers, String why) {
    ForwardOptions options = ForwardOptions.evaluation(Positions.ALL).of(layers);
    TokenBatch tokens =
        injection.inputs().isPresent()
            ? new TokenBatch(
                2,
                6,
                tokens().ids(),
                tokens().mask(),
                tokens().typeIds(),
                new int[] {-1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                new int[2])
            : tokens();
    assertThatThrownBy(() -> backbone.forward(tokens, injection, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
