package org.ptuning4j.prompt.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ptuning4j.Fields;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/** A prompt that is only served gives what it would give, and takes less. */
class ServedPromptTest {

  private static final int LENGTH = 4;

  private static BackboneSpec spec() {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      return backbone.spec();
    }
  }

  private static Fields description(int length) {
    return new Fields(
        "prompt",
        Map.of("form", "deep", "length", length, "layers", List.of(1, 3), "positions", "shifted"));
  }

  /** Of each layer's key, value and mask. */
  private static List<float[]> injected(
      List<Optional<DeepPrompt>> rows, BackboneSpec spec, Engine engine) {
    List<float[]> values = new ArrayList<>();
    Scope.run(
        () -> {
          TokenRow row = TokenRow.of(new int[] {2, 3}, new int[2]);
          TokenBatch batch = TokenBatch.of(rows.stream().map(each -> row).toList(), 0);
          Map<Integer, LayerPrefix> layers =
              DeepPrompt.FORM.inject(batch, rows, spec, engine).prefixes();
          assertThat(layers).containsOnlyKeys(0, 2);
          for (int layer : List.of(0, 2)) {
            values.add(Tensors.floats(layers.get(layer).key()));
            values.add(Tensors.floats(layers.get(layer).value()));
            layers.get(layer).mask().ifPresent(mask -> values.add(Tensors.floats(mask)));
          }
        });
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void givesWhatItWouldGiveAndTakesLess(Precision precision) {
    BackboneSpec spec = spec();
    Engine engine = Engine.open(precision);
    long values = (long) LENGTH * 2 * spec.prefixWidth();
    Scope.run(
        () -> {
          Map<String, Tensor> tensors =
              Map.of(
                  DeepPrompt.MATRIX,
                  RandomStream.of(1).gaussian(1, LENGTH, 2L * spec.prefixWidth()),
                  DeepPrompt.BIASES,
                  RandomStream.of(2).gaussian(1, LENGTH, 2));
          Map<String, Tensor> longer =
              Map.of(
                  DeepPrompt.MATRIX,
                  RandomStream.of(3).gaussian(1, LENGTH + 2, 2L * spec.prefixWidth()));
          Fields own = description(LENGTH);
          try (DeepPrompt whole = DeepPrompt.FORM.read(own, tensors, spec, engine);
              DeepPrompt served = DeepPrompt.FORM.readToServe(own, tensors, spec, engine);
              DeepPrompt other =
                  DeepPrompt.FORM.readToServe(description(LENGTH + 2), longer, spec, engine)) {
            for (Optional<DeepPrompt> beside :
                List.of(Optional.of(other), Optional.<DeepPrompt>empty())) {
              assertThat(injected(List.of(Optional.of(served), beside), spec, engine))
                  .usingRecursiveComparison()
                  .isEqualTo(injected(List.of(Optional.of(whole), beside), spec, engine));
            }
            assertThat(injected(List.of(Optional.of(served)), spec, engine))
                .usingRecursiveComparison()
                .isEqualTo(injected(List.of(Optional.of(whole)), spec, engine));
            int each = precision == Precision.BF16 ? 2 : 4;
            assertThat(served.bytes() - biasBytes(each)).isEqualTo(values * each);
            assertThat(whole.bytes() - biasBytes(each))
                .isEqualTo(values * (precision == Precision.BF16 ? 6 : 4));
          }
        });
  }

  /** Kept in fp32 and in the backbone's precision. */
  private static long biasBytes(int each) {
    return LENGTH * 2L * (4 + each);
  }

  /** Prompts of one length and the same layers need no mask; others do. */
  @Test
  void likePromptsNeedNoMask() {
    BackboneSpec spec = spec();
    Engine engine = Engine.reference();
    Scope.run(
        () -> {
          List<Optional<DeepPrompt>> alike = new ArrayList<>();
          for (int seed = 1; seed < 4; seed++) {
            Tensor matrix = RandomStream.of(seed).gaussian(1, LENGTH, 2L * spec.prefixWidth());
            alike.add(
                Optional.of(
                    DeepPrompt.FORM.readToServe(
                        description(LENGTH), Map.of(DeepPrompt.MATRIX, matrix), spec, engine)));
          }
          List<float[]> together = injected(alike, spec, engine);
          assertThat(together).hasSize(4); // two layers' keys and values
          for (int row = 0; row < 3; row++) {
            List<float[]> alone = injected(List.of(alike.get(row)), spec, engine);
            for (int part = 0; part < 4; part++) {
              int size = alone.get(part).length;
              assertThat(Arrays.copyOfRange(together.get(part), row * size, (row + 1) * size))
                  .isEqualTo(alone.get(part));
            }
          }
          List<Optional<DeepPrompt>> withNone = new ArrayList<>(alike);
          withNone.add(Optional.empty());
          assertThat(injected(withNone, spec, engine)).hasSize(6);
          alike.forEach(each -> each.orElseThrow().close());
        });
  }
}
