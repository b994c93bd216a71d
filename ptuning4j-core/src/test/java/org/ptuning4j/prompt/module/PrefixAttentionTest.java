package org.ptuning4j.prompt.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.prompt.module.TinyPasses.batch;
import static org.ptuning4j.prompt.module.TinyPasses.module;
import static org.ptuning4j.prompt.module.TinyPasses.slope;
import static org.ptuning4j.prompt.module.TinyPasses.states;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** What is added to the scores of virtual tokens: trained biases, and dropout. */
class PrefixAttentionTest {

  private static final int P = 4;

  @TempDir private static Path folder;

  static Stream<TinyFamily> families() {
    return TinyFamily.all().stream();
  }

  private static void with(TinyFamily family, Consumer<Backbone> test) {
    TinyPasses.with(family, folder, test);
  }

  private static PTuningV2 method(Optional<Double> gate, double dropout) {
    return SmallMethods.deep(P, "all", PositionConvention.UNSHIFTED)
        .with(new PrefixAttention(gate, dropout));
  }

  private static PTuningV2 gated(double start) {
    return method(Optional.of(start), 0);
  }

  private static Tensor biases(PromptModule module) {
    return module.parameters().get(1).tensor();
  }

  /**
   * A bias of 0 changes nothing, and one far below 0 leaves the model as it is without a prompt.
   */
  @ParameterizedTest
  @MethodSource("families")
  void aGateReachesFromNoPromptToAnOrdinaryOne(TinyFamily family) {
    with(
        family,
        backbone -> {
          try (PromptModule plain = module(method(Optional.empty(), 0), backbone);
              PromptModule open = module(gated(0), backbone);
              PromptModule ajar = module(gated(-4), backbone);
              PromptModule shut = module(gated(-60), backbone)) {
            Tensor none = states(backbone, Injection.none());
            Tensor whole = states(backbone, plain);
            assertClose("open", states(backbone, open), whole, 1e-5, 0);
            assertClose("shut", states(backbone, shut), none, 1e-5, 0);
            double near = distance(states(backbone, ajar), none);
            assertThat(near).isGreaterThan(1e-4).isLessThan(0.8 * distance(whole, none));
          }
        });
  }

  private static double distance(Tensor one, Tensor other) {
    return one.sub(other).square().sum().sqrt().item_double();
  }

  /** Keys and values of zero still take mass from the text; behind a gate hardly any. */
  @Test
  void zeroBehindAGateIsNearTheModelAsItIs() {
    with(
        new TinyFamily("bert"),
        backbone -> {
          DeepInitialisation zero = DeepInitialisation.of(NormalInitialisation.ZERO);
          try (PromptModule plain = module(method(Optional.empty(), 0).with(zero), backbone);
              PromptModule gated = module(gated(-4).with(zero), backbone)) {
            Tensor none = states(backbone, Injection.none());
            double far = distance(states(backbone, plain), none);
            assertThat(distance(states(backbone, gated), none)).isLessThan(0.15 * far);
          }
        });
  }

  /** One bias for each virtual token of each layer: its gradient is that of finite differences. */
  @ParameterizedTest
  @MethodSource("families")
  void gradientsAreThoseOfFiniteDifferences(TinyFamily family) {
    with(
        family,
        backbone -> {
          try (PromptModule module = module(gated(-1), backbone)) {
            Tensor weights = RandomStream.of(5).gaussian(1, 3, 1, backbone.spec().hidden());
            states(backbone, module).mul(weights).sum().backward();
            float[] gradient = Tensors.floats(biases(module).grad());
            int layers = backbone.spec().layers();
            assertThat(gradient).hasSize(P * layers);
            for (int i = 0; i < gradient.length; i++) {
              double slope = slope(backbone, module, biases(module), weights, i);
              assertThat((double) gradient[i])
                  .as("token %d of layer %d", i / layers, i % layers)
                  .isCloseTo(slope, within(2e-3 + 0.02 * Math.abs(slope)));
            }
            assertThat(biases(module).grad().abs().max().item_double()).isGreaterThan(0.02);
          }
        });
  }

  @Test
  void thereIsABiasForEachTokenAndLayerAndNoneDecays() {
    BackboneSpec spec = new BackboneSpec("bert", 3, 8, 2, 2, 4, 8, 64, 30, 2, true, true, 0, 0);
    for (PrefixMethod method :
        List.of(
            SmallMethods.deep(P, "2-3", PositionConvention.SHIFTED)
                .with(new PrefixAttention(Optional.of(-4.0), 0)),
            new PrefixTuning(
                P,
                6,
                0,
                PositionConvention.SHIFTED,
                DeepInitialisation.of(NormalInitialisation.NORMAL),
                new PrefixAttention(Optional.of(-4.0), 0)))) {
      try (PromptModule module = method.create(SmallMethods.context(spec, Engine.reference(), 1))) {
        List<Parameter> parameters = module.parameters();
        assertThat(parameters.stream().mapToLong(Parameter::count).sum())
            .isEqualTo(method.parameterCount(spec));
        Parameter biases = parameters.get(parameters.size() - 1);
        assertThat(biases.count()).isEqualTo((long) P * method.layers().indices(3).size());
        assertThat(biases.decayed()).isFalse();
        assertThat(Tensors.floats(biases.tensor())).containsOnly(-4);
      }
    }
  }

  /** In one batch: with biases, without, shorter, in other layers, and no prompt at all. */
  @Test
  void rowsWithAndWithoutBiasesAreEachAsAlone() {
    with(
        new TinyFamily("bert"),
        backbone -> {
          BackboneSpec spec = backbone.spec();
          long width = spec.prefixWidth();
          RandomStream random = RandomStream.of(8);
          PositionConvention shifted = PositionConvention.SHIFTED;
          try (DeepPrompt gated =
                  DeepPrompt.of(
                      random.gaussian(1, P, 2 * width),
                      Optional.of(random.gaussian(2, P, 2)),
                      List.of(0, 1),
                      shifted,
                      spec,
                      backbone.engine());
              DeepPrompt upper =
                  DeepPrompt.of(
                      random.gaussian(1, 2, width),
                      Optional.of(random.gaussian(2, 2, 1)),
                      List.of(1),
                      shifted,
                      spec,
                      backbone.engine());
              DeepPrompt plain =
                  DeepPrompt.of(
                      random.gaussian(1, 3, 2 * width),
                      List.of(0, 1),
                      shifted,
                      spec,
                      backbone.engine())) {
            List<Optional<TrainedPrompt>> rows =
                List.of(
                    Optional.of(gated), Optional.of(plain), Optional.empty(), Optional.of(upper));
            int[] text = {5, 30, 31, 6};
            Tensor together = mixed(backbone, rows, text);
            for (int row = 0; row < rows.size(); row++) {
              Tensor alone = mixed(backbone, List.of(rows.get(row)), text);
              assertClose("row " + row, together.narrow(0, row, 1), alone, 1e-5, 0);
            }
            try (DeepPrompt without =
                DeepPrompt.of(gated.matrix(), gated.layers(), shifted, spec, backbone.engine())) {
              Tensor lost = mixed(backbone, List.of(Optional.of(without)), text);
              assertThat(distance(lost, together.narrow(0, 0, 1))).isGreaterThan(1e-2);
            }
          }
        });
  }

  private static Tensor mixed(Backbone backbone, List<Optional<TrainedPrompt>> rows, int[] text) {
    TokenBatch batch =
        TokenBatch.of(
            rows.stream().map(row -> text).toList(),
            rows.stream().map(row -> new int[text.length]).toList(),
            0);
    Injection injection = new MixedPrompts(backbone.spec(), backbone.engine()).inject(batch, rows);
    return backbone
        .forward(batch, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  /** What is trained, what is saved and what is read again are one and the same to the model. */
  @Test
  void theFlatPromptIsThatInTraining() {
    with(
        new TinyFamily("bert"),
        backbone -> {
          try (PromptModule module = module(gated(-1.5), backbone)) {
            Tensor expected = states(backbone, module);
            DeepPrompt flat = (DeepPrompt) module.flatten().orElseThrow();
            assertThat(flat.tensors()).containsKey("prompt_score_biases");
            DeepPrompt read =
                DeepPrompt.of(
                    flat.tensors().get("prompt_embeddings"),
                    Optional.of(flat.tensors().get("prompt_score_biases")),
                    flat.layers(),
                    flat.positions(),
                    backbone.spec(),
                    backbone.engine());
            for (DeepPrompt each : List.of(flat, read)) {
              Injection injection =
                  new MixedPrompts(backbone.spec(), backbone.engine())
                      .inject(
                          batch(),
                          List.of(Optional.of(each), Optional.of(each), Optional.of(each)));
              assertClose("flat", states(backbone, injection), expected, 1e-5, 0);
              each.close();
            }
          }
        });
  }

  @Test
  void anEarlierPromptKeepsItsBiases() {
    with(
        new TinyFamily("bert"),
        backbone -> {
          try (PromptModule earlier = module(gated(-2), backbone);
              PromptModule other = module(gated(-4), backbone);
              PromptModule plain = module(method(Optional.empty(), 0), backbone)) {
            TrainedPrompt flat = earlier.flatten().orElseThrow();
            other.startFrom(flat);
            assertThat(Tensors.floats(biases(other))).containsOnly(-2);
            assertThatThrownBy(() -> plain.startFrom(flat))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("start-from: the earlier prompt has biases")
                .hasMessageContaining("gate");
            flat.close();
            TrainedPrompt ungated = plain.flatten().orElseThrow();
            other.startFrom(ungated);
            assertThat(Tensors.floats(biases(other))).containsOnly(0);
            ungated.close();
          }
        });
  }

  @Test
  void biasesOfAnotherShapeAreRefused() {
    with(
        new TinyFamily("bert"),
        backbone ->
            assertThatThrownBy(
                    () ->
                        DeepPrompt.of(
                            torch.zeros(3, 2L * backbone.spec().prefixWidth()),
                            Optional.of(torch.zeros(2, 3)),
                            List.of(0, 1),
                            PositionConvention.SHIFTED,
                            backbone.spec(),
                            backbone.engine()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prompt_score_biases: [2, 3]")
                .hasMessageContaining("[3, 2] is expected"));
  }

  /** So many are hidden, and the others weigh so much more that the expectation stays. */
  @Test
  void dropoutHidesItsShareAndKeepsTheExpectation() {
    Scope.run(
        () -> {
          PrefixAttention attention = new PrefixAttention(Optional.empty(), 0.3);
          List<Tensor> masks =
              attention
                  .masks(
                      Optional.empty(),
                      500,
                      20,
                      2,
                      Dropout.from(RandomStream.of(4)),
                      Engine.reference())
                  .orElseThrow();
          assertThat(masks).hasSize(2);
          for (Tensor mask : masks) {
            assertThat(Tensors.shape(mask)).containsExactly(500, 20);
            Tensor weight = mask.exp();
            assertThat(weight.mean().item_double()).isCloseTo(1, within(0.03));
            double hidden =
                weight.eq(new Scalar(0)).to(Dtype.F32.scalarType()).mean().item_double();
            assertThat(hidden).isCloseTo(0.3, within(0.02));
            assertThat(weight.max().item_double()).isCloseTo(1 / 0.7, within(1e-3));
            assertThat(mask.isfinite().all().item_bool()).isTrue();
          }
          assertThat(masks.get(0).equal(masks.get(1))).isFalse();
          assertThat(masks.get(0).select(0, 0).equal(masks.get(0).select(0, 1))).isFalse();
        });
  }

  @Test
  void dropoutIsOffInEvaluationAndTheSameFromTheSameStream() {
    with(
        new TinyFamily("bert"),
        backbone -> {
          try (PromptModule module = module(method(Optional.of(-1.0), 0.4), backbone);
              PromptModule without = module(gated(-1), backbone)) {
            assertThat(states(backbone, module).equal(states(backbone, without))).isTrue();
            Injection one = module.inject(batch(), Dropout.from(RandomStream.of(7)));
            Injection same = module.inject(batch(), Dropout.from(RandomStream.of(7)));
            Injection other = module.inject(batch(), Dropout.from(RandomStream.of(8)));
            assertThat(mask(one).equal(mask(same))).isTrue();
            assertThat(mask(one).equal(mask(other))).isFalse();
            assertThat(states(backbone, one).equal(states(backbone, without))).isFalse();
          }
        });
  }

  private static Tensor mask(Injection injection) {
    return injection.prefix(1).flatMap(LayerPrefix::mask).orElseThrow();
  }

  /** A token that is hidden is as if the prompt did not have it. */
  @Test
  void aHiddenTokenIsNotThere() {
    with(
        new TinyFamily("bert"),
        backbone -> {
          PTuningV2 method = method(Optional.empty(), 0.5);
          try (PromptModule module = module(method, backbone)) {
            Injection injection = module.inject(batch(), Dropout.from(RandomStream.of(7)));
            Injection all = module.inject(batch(), Dropout.off());
            boolean any = false;
            Map<Integer, LayerPrefix> cut = new HashMap<>();
            for (int layer = 0; layer < backbone.spec().layers(); layer++) {
              Tensor mask = injection.prefix(layer).orElseThrow().mask().orElseThrow();
              Tensor hidden = mask.lt(new Scalar(-100));
              any |= hidden.any().item_bool();
              Tensor own =
                  torch.where(
                      hidden,
                      torch.full_like(mask, new Scalar(Double.NEGATIVE_INFINITY)),
                      torch.full_like(mask, new Scalar(Math.log(2))));
              LayerPrefix whole = all.prefix(layer).orElseThrow();
              cut.put(layer, new LayerPrefix(whole.key(), whole.value(), Optional.of(own)));
            }
            assertThat(any).isTrue();
            assertClose(
                "hidden",
                states(backbone, injection),
                states(backbone, Injection.deep(cut, Optional.empty())),
                1e-5,
                0);
          }
        });
  }
}
