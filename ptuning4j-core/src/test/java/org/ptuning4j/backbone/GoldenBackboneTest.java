package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.module.PrefixEncoder;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/** Hidden states with and without a deep prefix, against another implementation, within 1e-4. */
class GoldenBackboneTest {

  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> plainKernels() {
    return tests(Engine.reference());
  }

  @TestFactory
  Stream<DynamicTest> fastKernels() {
    KernelPlan fast =
        new KernelPlan(
            KernelPlan.Linear.CONVOLUTION, KernelPlan.Attention.FUSED, KernelPlan.Attention.FUSED);
    return tests(Engine.recorded(Precision.FP32, fast));
  }

  @TestFactory
  Stream<DynamicTest> packedMatrices() {
    return tests(Engine.reference().forInference());
  }

  private static Stream<DynamicTest> tests(Engine engine) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, "forward", "prefix_forward")) {
        tests.add(
            DynamicTest.dynamicTest(
                c.name(), () -> Autograd.withoutGraph(() -> Scope.run(() -> check(c, engine)))));
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).isNotEmpty();
    return tests.stream();
  }

  private static void check(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      TokenBatch tokens = c.tokens("");
      Injection injection = injection(c, backbone, tokens);
      BackboneOutput output =
          backbone.forward(
              tokens, injection, ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates());
      c.keys("outputs", "hidden_states.")
          .forEach(
              (layer, key) ->
                  assertCloseAtTokens(
                      "hidden state " + layer,
                      output.hiddenStates().get(Integer.parseInt(layer)),
                      c.read(key),
                      tokens,
                      TOLERANCE));
      assertCloseAtTokens(
          "last hidden", output.lastHidden(), c.output("last_hidden_state"), tokens, TOLERANCE);
      BackboneOutput firstOnly =
          backbone.forward(tokens, injection, ForwardOptions.evaluation(Positions.ANCHOR));
      assertClose(
          "first only",
          firstOnly.first(),
          anchors(c.output("last_hidden_state"), tokens),
          TOLERANCE,
          0);
      c.keys("outputs", "hidden_states.")
          .forEach(
              (layer, key) ->
                  checkLowest(backbone, Integer.parseInt(layer), c.read(key), tokens, injection));
      if (c.node().get("outputs").has("pooler_output")) {
        assertThat(backbone.spec().hasPooler()).isTrue();
        assertClose(
            "pooler", backbone.pool(firstOnly.first()), c.output("pooler_output"), TOLERANCE, 0);
      }
    }
  }

  /** Reading a layer is reading what another implementation gives between the layers. */
  private static void checkLowest(
      Backbone backbone, int count, Tensor states, TokenBatch tokens, Injection injection) {
    if (count == 0 || count >= backbone.spec().layers()) {
      return;
    }
    Backbone lowest = LowestLayers.of(backbone, count);
    assertThat(lowest.spec().layers()).isEqualTo(count);
    ForwardOptions all = ForwardOptions.evaluation(Positions.ALL);
    assertCloseAtTokens(
        "lowest " + count,
        lowest.forward(tokens, injection, all).lastHidden(),
        states,
        tokens,
        TOLERANCE);
    assertCloseAtTokens(
        "lowest with all between " + count,
        lowest.forward(tokens, injection, all.withAllHiddenStates()).lastHidden(),
        states,
        tokens,
        TOLERANCE);
    assertClose(
        "anchors of the lowest " + count,
        lowest.forward(tokens, injection, ForwardOptions.evaluation(Positions.ANCHOR)).first(),
        anchors(states, tokens),
        TOLERANCE,
        0);
    if (count > 1 && injection.prefixes().isEmpty() && injection.inputs().isEmpty()) {
      Tensor first =
          lowest
              .forward(tokens, injection, all.of(new ForwardOptions.Layers.Lowest(1)))
              .lastHidden();
      assertCloseAtTokens(
          "from the first to " + count,
          lowest
              .forward(tokens, injection, all.of(new ForwardOptions.Layers.Above(1, first)))
              .lastHidden(),
          states,
          tokens,
          TOLERANCE);
    }
  }

  /** {@code [B, n, H] → [B, H]}. */
  private static Tensor anchors(Tensor states, TokenBatch tokens) {
    long[] flat = tokens.read(Positions.ANCHOR).flat();
    return states.reshape(-1, states.size(2)).index_select(0, Tensors.of(flat, flat.length));
  }

  private static Injection injection(Case c, Backbone backbone, TokenBatch tokens) {
    if (!c.has("prefix")) {
      return Injection.none();
    }
    Tensor prefix = c.input("prefix");
    PTuningV2 method =
        new PTuningV2(
            Math.toIntExact(prefix.size(0)),
            LayerRange.all(),
            java.util.Optional.empty(),
            0,
            PositionConvention.parse(c.text("position_convention")),
            NormalInitialisation.NORMAL);
    try (PrefixEncoder encoder =
        PrefixEncoder.of(
            method,
            backbone.spec(),
            backbone.engine(),
            Map.of("prefix_encoder.embedding.weight", prefix))) {
      return encoder.inject(tokens, Dropout.off());
    }
  }
}
