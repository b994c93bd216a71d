package org.ptuning4j.backbone.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/** Parts that no family of BERT's shape has, against another implementation's tensors. */
class ModernEncoderTest {

  private static Backbone backbone() {
    ModelFolder folder = ModelFolder.open(TinyModel.folder("modernbert"));
    return new ModernEncoder().load(folder, Engine.reference(), false);
  }

  @TestFactory
  Stream<DynamicTest> hiddenStates() {
    List<Case> cases = GoldenSet.cases(TinyModel.folder("modernbert").getParent(), "forward");
    assertThat(cases).isNotEmpty();
    return cases.stream()
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check(c))));
  }

  private static void check(Case c) {
    try (Backbone backbone = backbone()) {
      TokenBatch tokens = c.tokens("");
      BackboneOutput output =
          backbone.forward(
              tokens,
              Injection.none(),
              ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates());
      c.keys("outputs", "hidden_states.")
          .forEach(
              (layer, key) ->
                  assertCloseAtTokens(
                      "hidden state " + layer,
                      output.hiddenStates().get(Integer.parseInt(layer)),
                      c.read(key),
                      tokens,
                      1e-4));
      Tensor expected = c.output("last_hidden_state");
      assertCloseAtTokens("last hidden", output.lastHidden(), expected, tokens, 1e-4);
      Tensor first =
          backbone
              .forward(tokens, Injection.none(), ForwardOptions.evaluation(Positions.ANCHOR))
              .first();
      assertClose("first", first, expected.select(1, 0), 1e-4, 0);
    }
  }

  /** Turned positions tell distances only; a prefix is seen from within every window. */
  @Test
  void positionsAreRelativeAndAPrefixIsSeenFromEveryWindow() {
    Scope.run(
        () -> {
          try (Backbone backbone = backbone()) {
            int[] ids = new int[20];
            Arrays.setAll(ids, i -> 10 + i);
            TokenBatch tokens = TokenBatch.of(List.of(ids), List.of(new int[20]), 0);
            Tensor plain = last(backbone, tokens, Injection.none());
            Injection shift = Injection.deep(Map.of(), Optional.of(new int[] {7}));
            assertClose("shifted", last(backbone, tokens, shift), plain, 1e-4, 0);
            Tensor prompted =
                last(backbone, tokens, Injection.deep(prefixes(backbone.spec()), Optional.empty()));
            Tensor end = prompted.select(1, 19).sub(plain.select(1, 19)).abs();
            assertThat(end.max().item_float()).isGreaterThan(0.01f);
          }
        });
  }

  private static Tensor last(Backbone backbone, TokenBatch tokens, Injection injection) {
    return backbone
        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  /** In the windowed layers only, so that what is seen is seen from within a window. */
  private static Map<Integer, LayerPrefix> prefixes(BackboneSpec spec) {
    RandomStream random = RandomStream.of(2);
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer : List.of(1, 2)) {
      prefixes.put(
          layer,
          LayerPrefix.of(
              random.gaussian(1, 1, spec.heads(), 3, spec.headSize()),
              random.gaussian(1, 1, spec.heads(), 3, spec.headSize())));
    }
    return prefixes;
  }
}
