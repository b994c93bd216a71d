package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.SoftPrompts;
import org.ptuning4j.prompt.module.PrefixAttention;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Recomputation;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Layers that are computed twice give the gradients of layers that are kept, to the bit: for every
 * family with every method, each at one precision and with or without dropout, and in CI at both
 * precisions with and without.
 */
class RecomputationTest {

  private static final int P = 3;

  @TempDir static Path temp;

  private static final List<PromptMethod> METHODS =
      List.of(
          PTuningV2.asPublished(P),
          new PTuningV2(
              P,
              new LayerRange("top:1"),
              Optional.of(8),
              0.2,
              PositionConvention.SHIFTED,
              NormalInitialisation.NORMAL),
          PTuningV2.asPublished(P).with(new PrefixAttention(Optional.of(-1.0), 0.2)),
          PTuningV2.asPublished(P).with(PrefixAttention.separate()),
          new SoftPrompts(P, SoftTokenInitialisation.uniform(), true),
          new FullFineTuning());

  /** A precision and a rate of dropout. */
  private record Circumstances(Precision precision, double rate) {}

  private static final List<Circumstances> CIRCUMSTANCES =
      List.of(
          new Circumstances(Precision.FP32, 0.1),
          new Circumstances(Precision.BF16, 0.0),
          new Circumstances(Precision.FP32, 0.0),
          new Circumstances(Precision.BF16, 0.1));

  private static Stream<Arguments> everyCell() {
    return TinyFamily.all().stream()
        .flatMap(
            family ->
                CIRCUMSTANCES.stream()
                    .flatMap(
                        each ->
                            METHODS.stream()
                                .map(
                                    method ->
                                        Arguments.of(
                                            family, each.precision(), method, each.rate()))));
  }

  /** Each family and method once, such that all circumstances come up with each of them. */
  private static Stream<Arguments> someCells() {
    List<Arguments> cells = new ArrayList<>();
    List<TinyFamily> families = TinyFamily.all();
    for (int family = 0; family < families.size(); family++) {
      for (int method = 0; method < METHODS.size(); method++) {
        Circumstances here = CIRCUMSTANCES.get((family + method) % CIRCUMSTANCES.size());
        cells.add(
            Arguments.of(families.get(family), here.precision(), METHODS.get(method), here.rate()));
      }
    }
    return cells.stream();
  }

  /**
   * Without dropout the layers share one and the same tensor of relative positions: the order in
   * which its gradients are added up must not depend on that.
   */
  @ParameterizedTest
  @MethodSource("someCells")
  void gradientsAreTheSameToTheBit(
      TinyFamily family, Precision precision, PromptMethod method, double rate) {
    compare(family, precision, method, rate);
  }

  @Tag("ci")
  @ParameterizedTest
  @MethodSource("everyCell")
  void gradientsAreTheSameToTheBitInEveryCell(
      TinyFamily family, Precision precision, PromptMethod method, double rate) {
    compare(family, precision, method, rate);
  }

  private static void compare(
      TinyFamily family, Precision precision, PromptMethod method, double rate) {
    Engine engine = Engine.recorded(precision, KernelPlan.plain());
    BackboneFamilies families = BackboneFamilies.standard();
    try (Backbone backbone =
            method.trainsBackbone()
                ? families.loadTrainable(family.write(temp), engine)
                : families.load(family.write(temp), engine);
        PromptModule prompt = prompt(backbone, method)) {
      List<Parameter> parameters = new ArrayList<>(prompt.parameters());
      parameters.addAll(backbone.parameters());
      if (method.trainsBackbone()) {
        parameters.addAll(backbone.languageModel().parameters());
      }
      List<float[]> kept = gradients(backbone, prompt, method, parameters, rate, false);
      List<float[]> twice = gradients(backbone, prompt, method, parameters, rate, true);
      for (int i = 0; i < parameters.size(); i++) {
        assertThat(twice.get(i)).as(parameters.get(i).name()).isEqualTo(kept.get(i));
      }
      assertThat(kept.stream().anyMatch(RecomputationTest::moves)).isTrue();
    }
  }

  private static boolean moves(float[] gradient) {
    for (float each : gradient) {
      if (each != 0) {
        return true;
      }
    }
    return false;
  }

  private static PromptModule prompt(Backbone backbone, PromptMethod method) {
    return method.create(
        new PromptContext(backbone.spec(), backbone.engine(), RandomStream.of(2), null));
  }

  /** Of two batches, as with accumulation; empty where a parameter has none. */
  private static List<float[]> gradients(
      Backbone backbone,
      PromptModule prompt,
      PromptMethod method,
      List<Parameter> parameters,
      double rate,
      boolean twice) {
    RandomStream masks = RandomStream.of(6);
    try (AdamW optimiser = new AdamW(parameters, AdamW.Settings.of(0))) {
      optimiser.zeroGradients();
      for (int batch = 0; batch < 2; batch++) {
        TokenBatch tokens = batch(backbone, batch, method.inputTokens());
        Dropout dropout = Dropout.from(masks);
        Scope.run(
            () -> {
              ForwardOptions options =
                  new ForwardOptions(Positions.ALL, false, dropout, DropoutRates.all(rate));
              try (Recomputation tape = new Recomputation()) {
                ForwardOptions used = twice ? options.recomputing(tape) : options;
                Tensor states =
                    backbone.forward(tokens, prompt.inject(tokens, dropout), used).lastHidden();
                Tensor loss = loss(backbone, states);
                if (twice) {
                  tape.backward(loss, parameters);
                } else {
                  loss.backward();
                }
              }
            });
      }
      return Scope.run(() -> parameters.stream().map(RecomputationTest::gradient).toList());
    }
  }

  private static float[] gradient(Parameter parameter) {
    Tensor gradient = parameter.tensor().grad();
    return gradient.defined() ? Tensors.floats(gradient) : new float[0];
  }

  /** Over words where the backbone is trained, so that the tied matrix has two uses. */
  private static Tensor loss(Backbone backbone, Tensor states) {
    boolean halves = backbone.spec().direction() == Direction.ENCODER_DECODER;
    Tensor read = states.select(1, halves ? 5 : 1); // a token that is written, where some are
    return backbone.parameters().isEmpty()
        ? read.to(Dtype.F32.scalarType()).pow(new Scalar(2)).sum()
        : backbone.languageModel().logits(read).logsumexp(new long[] {1}).sum();
  }

  private static TokenBatch batch(Backbone backbone, int seed, int softTokens) {
    RandomStream random = RandomStream.of(seed);
    List<TokenRow> rows = new ArrayList<>();
    for (int length : List.of(9, 5, 12)) {
      int[] ids = new int[length];
      Arrays.setAll(ids, i -> 10 + random.nextInt(TinyFamily.VOCABULARY - 10));
      TokenRow row = TokenRow.of(ids, new int[length]);
      boolean halves = backbone.spec().direction() == Direction.ENCODER_DECODER;
      rows.add((halves ? row.withTarget(length / 2) : row).withPrefix(softTokens));
    }
    return TokenBatch.of(rows, 0);
  }

  @Test
  void whatLiesBetweenLayersIsNotGivenBesides() {
    try (Recomputation tape = new Recomputation()) {
      ForwardOptions options = ForwardOptions.evaluation(Positions.ALL);
      assertThatThrownBy(() -> options.withAllHiddenStates().recomputing(tape))
          .hasMessageContaining("last states only");
      assertThatThrownBy(() -> options.recomputing(tape).withKeysAndValues())
          .hasMessageContaining("last states only");
    }
  }
}
