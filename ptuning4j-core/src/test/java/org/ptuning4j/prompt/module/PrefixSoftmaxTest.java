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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.form.PromptForm;
import org.ptuning4j.prompt.form.PromptForms;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Tensors;

/** Prompts that texts attend to with a softmax of their own. */
class PrefixSoftmaxTest {

  private static final int P = 4;

  @TempDir private static Path folder;

  static Stream<TinyFamily> families() {
    return TinyFamily.all().stream();
  }

  private static void with(TinyFamily family, Consumer<Backbone> test) {
    TinyPasses.with(family, folder, test);
  }

  private static PTuningV2 method(String start) {
    return PTuningV2.ofLength(P)
        .with(DeepInitialisation.parse(start))
        .with(PrefixAttention.separate());
  }

  /** {@code [P, k, 2, K·d]} of the module's only parameter. */
  private static Tensor parts(PromptModule module, Backbone backbone) {
    Tensor matrix = module.parameters().get(0).tensor().detach();
    return matrix.view(P, -1, 2, backbone.spec().prefixWidth() / 2);
  }

  /** At first there is a prompt whose keys can learn, and the model is what it is without one. */
  @ParameterizedTest
  @MethodSource("families")
  void aDrawnStartChangesNothing(TinyFamily family) {
    with(
        family,
        backbone -> {
          try (PromptModule module = module(method("unit-normal"), backbone)) {
            assertThat(states(backbone, module).equal(states(backbone, Injection.none()))).isTrue();
            Tensor parts = parts(module, backbone);
            assertThat(parts.select(2, 1).abs().max().item_double()).isZero();
            assertThat(parts.select(2, 0).std().item_double()).isCloseTo(1, within(0.2));
          }
        });
  }

  /** The gradients of keys and values are those of finite differences, in every family. */
  @ParameterizedTest
  @MethodSource("families")
  void gradientsAreThoseOfFiniteDifferences(TinyFamily family) {
    with(
        family,
        backbone -> {
          try (PromptModule module = module(method("unit-normal"), backbone)) {
            Tensor matrix = module.parameters().get(0).tensor();
            RandomStream random = RandomStream.of(6);
            Autograd.withoutGraph(
                () ->
                    matrix.detach().copy_(random.gaussian(1, Tensors.shape(matrix)).contiguous()));
            Tensor weights = RandomStream.of(5).gaussian(1, 3, 1, backbone.spec().hidden());
            states(backbone, module).mul(weights).sum().backward();
            float[] gradient = Tensors.floats(matrix.grad());
            double largest = 0;
            for (int tries = 0; tries < 40; tries++) {
              int at = random.nextInt(gradient.length);
              double slope = slope(backbone, module, matrix, weights, at);
              assertThat((double) gradient[at])
                  .as("value %d of %d", at, gradient.length)
                  .isCloseTo(slope, within(5e-3 + 0.03 * Math.abs(slope)));
              largest = Math.max(largest, Math.abs(slope));
            }
            assertThat(largest).isGreaterThan(0.02);
          }
        });
  }

  /** What is trained, what is saved and what is read again are one and the same to the model. */
  @ParameterizedTest
  @MethodSource("families")
  void theFlatPromptIsThatInTraining(TinyFamily family) {
    with(
        family,
        backbone -> {
          try (PromptModule module = module(method("unit-normal"), backbone)) {
            Tensor matrix = module.parameters().get(0).tensor();
            Tensor drawn = RandomStream.of(6).gaussian(1, Tensors.shape(matrix));
            Autograd.withoutGraph(() -> matrix.detach().copy_(drawn));
            Tensor expected = states(backbone, module);
            DeepPrompt flat = (DeepPrompt) module.flatten().orElseThrow();
            Map<String, Object> described = flat.description(false);
            PromptForm<?> form = PromptForms.standard().of(new Fields("prompt", described));
            assertThat(form.name()).isEqualTo("deep-separate");
            TrainedPrompt read =
                form.read(
                    new Fields("prompt", described),
                    flat.tensors(),
                    backbone.spec(),
                    backbone.engine());
            Tensor none = states(backbone, Injection.none());
            assertThat(expected.sub(none).abs().max().item_double()).isGreaterThan(1e-2);
            for (TrainedPrompt each : List.of(flat, read)) {
              List<Optional<TrainedPrompt>> rows =
                  List.of(Optional.of(each), Optional.of(each), Optional.of(each));
              Injection injection =
                  new MixedPrompts(backbone.spec(), backbone.engine()).inject(batch(), rows);
              assertClose("flat", states(backbone, injection), expected, 1e-5, 0);
              each.close();
            }
          }
        });
  }

  @Test
  void aPromptOfTheOtherKindIsNoStart() {
    with(
        new TinyFamily("bert"),
        backbone -> {
          PTuningV2 joint = PTuningV2.ofLength(P).with(PrefixAttention.plain());
          try (PromptModule separate = module(method("normal"), backbone);
              PromptModule other = module(joint, backbone);
              TrainedPrompt ofOne = other.flatten().orElseThrow();
              TrainedPrompt ofTwo = separate.flatten().orElseThrow()) {
            assertThatThrownBy(() -> separate.startFrom(ofOne))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(
                    "start-from: the earlier prompt was trained with prefix-softmax joint, this run"
                        + " has prefix-softmax separate: they must be the same");
            assertThatThrownBy(() -> other.startFrom(ofTwo))
                .isInstanceOf(InvalidInputException.class);
            separate.startFrom(ofTwo);
          }
        });
  }

  /** Encoders have two softmaxes by default, as measured; nothing else has. */
  @ParameterizedTest
  @MethodSource("families")
  void onlyEncodersHaveItByDefault(TinyFamily family) {
    with(
        family,
        backbone -> {
          PrefixSoftmax usual = PTuningV2.ofLength(P).attention().softmaxFor(backbone.spec());
          boolean encoder = backbone.spec().direction() == Direction.BIDIRECTIONAL;
          assertThat(usual).isEqualTo(encoder ? PrefixSoftmax.SEPARATE : PrefixSoftmax.JOINT);
          for (PrefixMethod method :
              List.of(
                  PTuningV2.asPublished(P),
                  PrefixTuning.ofLength(P),
                  (PrefixMethod)
                      PromptMethods.standard().create("p-tuning-v2", Map.of("gate", "-4")),
                  (PrefixMethod) PromptMethods.standard().create("prefix-tuning", Map.of()))) {
            assertThat(method.attention().softmaxFor(backbone.spec()))
                .isEqualTo(PrefixSoftmax.JOINT);
          }
        });
  }

  @Test
  void aGateHasNothingToOpen() {
    assertThatThrownBy(
            () ->
                PromptMethods.standard()
                    .create("p-tuning-v2", Map.of("gate", "-4", "prefix-softmax", "separate")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("gate: -4")
        .hasMessageContaining("prefix-softmax joint");
  }
}
