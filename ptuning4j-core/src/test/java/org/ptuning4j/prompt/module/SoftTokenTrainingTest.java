package org.ptuning4j.prompt.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.prompt.method.SoftPrompts;
import org.ptuning4j.prompt.method.UnusedTokens;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Soft tokens that are trained through a residual network, or with noise. */
class SoftTokenTrainingTest {

  private static final int P = 5;
  private static final int E = 8;
  private static final BackboneSpec SPEC =
      new BackboneSpec("bert", 3, E, 2, 2, 4, E, 64, 60, 2, true, true, 0, 0);

  private static PromptContext context() {
    return SmallMethods.context(SPEC, Engine.reference(), 3);
  }

  private static PromptTuning residual(int width) {
    return new PromptTuning(
        P,
        SoftTokenInitialisation.text("w3 w1 w7 w2 w9"),
        new SoftTokenTraining(false, Optional.of(width), 0));
  }

  private static PromptTuning noisy(double noise) {
    return new PromptTuning(
        P,
        SoftTokenInitialisation.text("w3 w1 w7 w2 w9"),
        new SoftTokenTraining(false, Optional.empty(), noise));
  }

  private static TokenBatch batch(int rows) {
    TokenRow row = TokenRow.of(new int[] {5, 30, 6}, new int[3]).withPrefix(P);
    return TokenBatch.of(IntStream.range(0, rows).mapToObj(i -> row).toList(), 0);
  }

  /** {@code [B, P, E]} as they enter the model. */
  private static Tensor vectors(PromptModule module, int rows, Dropout dropout) {
    return module.inject(batch(rows), dropout).inputs().orElseThrow().vectors().view(rows, P, E);
  }

  @Test
  void aResidualNetworkStartsAtTheWordsThemselves() {
    Scope.run(
        () -> {
          try (PromptModule module = residual(6).create(context());
              PromptModule plain = noisy(0).create(context())) {
            assertClose(
                "start", vectors(module, 1, Dropout.off()), vectors(plain, 1, Dropout.off()), 0, 0);
            long count = module.parameters().stream().mapToLong(Parameter::count).sum();
            assertThat(count).isEqualTo(P * E + (E + 1) * 6 + (6 + 1) * E);
            assertThat(residual(6).parameterCount(SPEC)).isEqualTo(count);
          }
        });
  }

  /** x + W₂·relu(W₁·x + b₁) + b₂, in training and in what is saved. */
  @Test
  void whatIsSavedIsWhatTheNetworkMakes() {
    Scope.run(
        () -> {
          try (PromptModule module = residual(6).create(context())) {
            randomise(module);
            List<Tensor> p = module.parameters().stream().map(Parameter::tensor).toList();
            Tensor x = p.get(0).detach();
            Tensor middle =
                x.matmul(p.get(1).detach().t()).add(p.get(2).detach()).clamp_min(new Scalar(0));
            Tensor expected = middle.matmul(p.get(3).detach().t()).add(p.get(4).detach()).add(x);
            assertClose(
                "in training", vectors(module, 1, Dropout.off()).select(0, 0), expected, 1e-5, 0);
            InputPrompt flat = (InputPrompt) module.flatten().orElseThrow();
            assertClose("saved", flat.vectors(), expected, 1e-5, 0);
            flat.close();
            vectors(module, 2, Dropout.off()).sum().backward();
            for (Parameter each : module.parameters()) {
              assertThat(each.tensor().grad().abs().sum().item_double())
                  .as(each.name())
                  .isPositive();
            }
          }
        });
  }

  private static void randomise(PromptModule module) {
    RandomStream random = RandomStream.of(11);
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () ->
                    module
                        .parameters()
                        .forEach(
                            each ->
                                each.tensor()
                                    .detach()
                                    .copy_(random.gaussian(1, Tensors.shape(each.tensor()))))));
  }

  @Test
  void aResidualNetworkStartsFromAnEarlierPrompt() {
    Scope.run(
        () -> {
          try (PromptModule module = residual(6).create(context());
              InputPrompt earlier =
                  InputPrompt.of(
                      RandomStream.of(9).gaussian(1, P, E),
                      Optional.empty(),
                      SPEC,
                      Engine.reference())) {
            module.startFrom(earlier);
            assertClose(
                "start", vectors(module, 1, Dropout.off()).select(0, 0), earlier.vectors(), 0, 0);
          }
        });
  }

  /** Uniform within α/√(P·E), about the vectors, of its own for each row. */
  @Test
  void noiseIsWithinItsBoundAndWithoutBias() {
    Scope.run(
        () -> {
          double bound = 3 / Math.sqrt(P * E);
          try (PromptModule module = noisy(3).create(context())) {
            Tensor still = vectors(module, 2000, Dropout.off());
            Tensor added =
                vectors(module, 2000, Dropout.from(RandomStream.of(4))).sub(still).detach();
            assertThat(added.abs().max().item_double())
                .isLessThanOrEqualTo(bound + 1e-5)
                .isGreaterThan(0.999 * bound);
            assertThat(added.mean().item_double()).isCloseTo(0, within(0.01 * bound));
            double deviation = Math.sqrt(added.square().mean().item_double());
            assertThat(deviation).isCloseTo(bound / Math.sqrt(3), within(0.01 * bound));
            assertThat(added.select(0, 0).equal(added.select(0, 1))).isFalse();
          }
        });
  }

  @Test
  void noiseIsOffInEvaluationAndTheSameFromTheSameStream() {
    Scope.run(
        () -> {
          List<PromptMethod> methods =
              List.of(
                  noisy(2),
                  new SoftPrompts(P, SoftTokenInitialisation.uniform(), true, 2),
                  new UnusedTokens(4, 2));
          for (PromptMethod method : methods) {
            PromptContext context = SmallMethods.context(SPEC, Engine.reference(), 3);
            try (PromptModule module = method.create(context)) {
              TokenRow row =
                  TokenRow.of(new int[] {5, 30}, new int[2]).withPrefix(method.inputTokens());
              TokenBatch batch = TokenBatch.of(List.of(row), 0);
              Tensor still = placed(module, batch, Dropout.off());
              Tensor one = placed(module, batch, Dropout.from(RandomStream.of(4)));
              assertThat(one.equal(placed(module, batch, Dropout.from(RandomStream.of(4)))))
                  .isTrue();
              assertThat(one.equal(placed(module, batch, Dropout.from(RandomStream.of(5)))))
                  .isFalse();
              assertThat(one.equal(still)).isFalse();
              assertThat(still.equal(placed(module, batch, Dropout.off()))).isTrue();
            }
          }
        });
  }

  private static Tensor placed(PromptModule module, TokenBatch batch, Dropout dropout) {
    return module.inject(batch, dropout).inputs().orElseThrow().vectors();
  }

  @Test
  void whatIsOutOfRange() {
    assertThatThrownBy(() -> noisy(-1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("noise: -1");
    assertThatThrownBy(() -> residual(0)).hasMessageContaining("residual: 0");
    assertThatThrownBy(() -> new UnusedTokens(3, -0.5)).hasMessageContaining("noise");
  }
}
