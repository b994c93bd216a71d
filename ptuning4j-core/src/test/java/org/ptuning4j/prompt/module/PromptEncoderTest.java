package org.ptuning4j.prompt.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** P-tuning's encoder with other layers than two, with dropout, and from saved tensors. */
class PromptEncoderTest {

  private static final int LENGTH = 5;
  private static final int WIDTH = 8;
  private static final BackboneSpec SPEC =
      new BackboneSpec("bert", 2, WIDTH, 2, 2, 4, WIDTH, 64, 100, 2, true, true, 0.1, 0.1);

  private static PTuning lstm(int layers, double dropout) {
    return new PTuning(
        LENGTH,
        new PromptEncoderSpec(PromptEncoderKind.PEFT_LSTM, Optional.of(6), layers, dropout),
        false);
  }

  private static PromptModule create(PTuning method) {
    return method.create(SmallMethods.context(SPEC, Engine.reference(), 3));
  }

  private static Tensor vectors(PromptModule module, Dropout dropout) {
    TokenRow row = new TokenRow(new int[LENGTH], new int[LENGTH], new int[] {0, 1, 2, 3, 4}, 0);
    return module.inject(TokenBatch.of(List.of(row), 0), dropout).inputs().orElseThrow().vectors();
  }

  private static Map<String, Tensor> saved(PromptModule module) {
    Map<String, Tensor> saved = new HashMap<>();
    module.parameters().forEach(parameter -> saved.put(parameter.name(), parameter.tensor()));
    return saved;
  }

  /** libtorch's own LSTM of so many layers, in one call. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void hasSoManyLayers(int layers) {
    Scope.run(
        () -> {
          PTuning method = lstm(layers, 0);
          try (PromptModule module = create(method)) {
            assertThat(module.parameters().stream().mapToLong(Parameter::count).sum())
                .isEqualTo(method.parameterCount(SPEC));
            Map<String, Tensor> saved = saved(module);
            Tensor[] weights =
                module.parameters().stream()
                    .filter(parameter -> parameter.name().startsWith("lstm_head."))
                    .map(Parameter::tensor)
                    .toArray(Tensor[]::new);
            assertThat(weights).hasSize(8 * layers);
            Tensor state = torch.zeros(2L * layers, 1, 6);
            Tensor states =
                torch
                    .lstm(
                        saved.get("embedding.weight").unsqueeze(0),
                        new TensorVector(state, state),
                        new TensorVector(weights),
                        true,
                        layers,
                        0,
                        false,
                        true,
                        true)
                    .get0()
                    .squeeze(0);
            Tensor middle =
                torch.relu(
                    torch.linear(
                        states, saved.get("mlp_head.0.weight"), saved.get("mlp_head.0.bias")));
            Tensor expected =
                torch.linear(middle, saved.get("mlp_head.2.weight"), saved.get("mlp_head.2.bias"));
            assertClose("vectors", vectors(module, Dropout.off()), expected, 1e-6, 0);
          }
        });
  }

  @Test
  void dropoutIsDrawnFromTheStreamInTrainingOnly() {
    Scope.run(
        () -> {
          try (PromptModule with = create(lstm(2, 0.5));
              PromptModule without = create(lstm(2, 0))) {
            float[] plain = Tensors.floats(vectors(without, Dropout.off()));
            assertThat(Tensors.floats(vectors(with, Dropout.off()))).isEqualTo(plain);
            float[] first = Tensors.floats(vectors(with, Dropout.from(RandomStream.of(1))));
            assertThat(first).isNotEqualTo(plain);
            assertThat(Tensors.floats(vectors(with, Dropout.from(RandomStream.of(1)))))
                .isEqualTo(first);
            assertThat(Tensors.floats(vectors(with, Dropout.from(RandomStream.of(2)))))
                .isNotEqualTo(first);
            assertThat(Tensors.floats(vectors(without, Dropout.from(RandomStream.of(1)))))
                .isEqualTo(plain);
            try (TrainedPrompt flat = with.flatten().orElseThrow()) {
              assertThat(Tensors.floats(flat.tensors().get("prompt_embeddings"))).isEqualTo(plain);
            }
          }
        });
  }

  @Test
  void whatAnEncoderDoesNotHaveCannotBeSet() {
    assertThatThrownBy(() -> new PromptEncoderSpec(PromptEncoderKind.MLP, Optional.empty(), 3, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("encoder-layers: 3 has no meaning for encoder mlp");
    assertThatThrownBy(
            () -> new PromptEncoderSpec(PromptEncoderKind.NONE, Optional.empty(), 2, 0.1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("encoder-dropout: 0.1 has no meaning for encoder none");
    assertThatThrownBy(() -> lstm(1, 0.1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("with encoder-layers 1");
  }

  /** An encoder of three layers is not one of two with something left over. */
  @Test
  void savedTensorsAreExactlyThoseOfTheEncoder() {
    Scope.run(
        () -> {
          try (PromptModule three = create(lstm(3, 0))) {
            Map<String, Tensor> saved = saved(three);
            try (PromptModule again = restored(lstm(3, 0), saved)) {
              assertThat(Tensors.floats(vectors(again, Dropout.off())))
                  .isEqualTo(Tensors.floats(vectors(three, Dropout.off())));
            }
            assertThatThrownBy(() -> restored(lstm(2, 0), saved))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("unexpected tensors")
                .hasMessageContaining("lstm_head.weight_ih_l2");
            assertThatThrownBy(() -> restored(lstm(4, 0), saved))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("lstm_head.weight_ih_l3")
                .hasMessageContaining("found none");
          }
        });
  }

  @Test
  void aProjectionBesideAPlainPrefixIsUnexpected() {
    Scope.run(
        () -> {
          PromptContext context = SmallMethods.context(SPEC, Engine.reference(), 3);
          try (PromptModule projected = PrefixTuning.ofLength(2).create(context)) {
            Map<String, Tensor> saved = saved(projected);
            assertThatThrownBy(
                    () ->
                        PrefixEncoder.of(PTuningV2.asPublished(2), SPEC, Engine.reference(), saved))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("unexpected tensors")
                .hasMessageContaining("prefix_encoder.trans.0.weight");
          }
        });
  }

  private static PromptEncoder restored(PTuning method, Map<String, Tensor> values) {
    return PromptEncoder.of(
        method.name(), method.length(), method.encoder(), SPEC, Engine.reference(), values);
  }
}
