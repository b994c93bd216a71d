package org.ptuning4j.prompt.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.prompt.method.SoftPrompts;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Which vector stands at which soft place of a batch. */
class SoftTokenPositionsTest {

  private static final int WIDTH = 8;
  private static final int W = TokenRow.WORD;
  private static final BackboneSpec SPEC =
      new BackboneSpec("bert", 3, WIDTH, 2, 2, 4, WIDTH, 64, 30, 2, true, true, 0, 0);
  private static final Engine ENGINE = Engine.reference();

  static Stream<PromptMethod> methods() {
    return SmallMethods.all().filter(method -> method.inputTokens() > 0);
  }

  private static TokenBatch batch(int[]... slots) {
    List<TokenRow> rows =
        Stream.of(slots)
            .map(row -> new TokenRow(new int[row.length], new int[row.length], row, 0))
            .toList();
    return TokenBatch.of(rows, 0);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void eachPlaceTakesTheVectorOfItsSlot(PromptMethod method) {
    Scope.run(
        () -> {
          TokenBatch batch = batch(new int[] {W, 2, 0}, new int[] {1}, new int[] {2, W, 1});
          try (PromptModule module = method.create(SmallMethods.context(SPEC, ENGINE, 1));
              TrainedPrompt flat = module.flatten().orElseThrow()) {
            Injection injection = module.inject(batch, Dropout.off());
            assertThat(injection.inputs().orElseThrow().index()).containsExactly(1, 2, 3, 6, 8);
            Tensor slots = Tensors.of(new long[] {2, 0, 1, 2, 1}, 5);
            assertClose(
                method.name(),
                injection.inputs().orElseThrow().vectors(),
                ((InputPrompt) flat).vectors().index_select(0, slots),
                1e-6,
                0);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aSlotWithoutAVector(PromptMethod method) {
    Scope.run(
        () -> {
          try (PromptModule module = method.create(SmallMethods.context(SPEC, ENGINE, 1))) {
            assertThatThrownBy(() -> module.inject(batch(new int[] {W, 3}), Dropout.off()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("soft token 3")
                .hasMessageContaining("prompt of 3");
            assertThatThrownBy(() -> module.inject(batch(new int[] {W, W}), Dropout.off()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no place");
          }
        });
  }

  @Test
  void offsetsFollowTheirTokens() {
    Scope.run(
        () -> {
          SoftPrompts method = new SoftPrompts(3, SoftTokenInitialisation.uniform(), true);
          try (PromptModule module = method.create(SmallMethods.context(SPEC, ENGINE, 1));
              InputPrompt given = prompt(4, true)) {
            assertThat(Tensors.floats(module.parameters().get(1).tensor())).containsOnly(0);
            module.startFrom(given);
            Injection injection =
                module.inject(batch(new int[] {2, W}, new int[] {W, 1}), Dropout.off());
            assertThat(injection.offsets().keySet()).containsExactlyInAnyOrder(1, 2);
            Tensor offsets = given.offsets().orElseThrow();
            for (int layer = 1; layer <= 2; layer++) {
              Tensor own = offsets.select(0, layer - 1L);
              assertClose(
                  "layer " + layer,
                  injection.offsets().get(layer),
                  own.index_select(0, Tensors.of(new long[] {2, 1}, 2)),
                  0,
                  0);
            }
          }
        });
  }

  @Test
  void alternatingPromptsKeepTheirPlaces() {
    Scope.run(
        () -> {
          try (InputPrompt a = prompt(2, false);
              InputPrompt b = prompt(3, true)) {
            TokenBatch batch = batch(new int[] {0, 1}, new int[] {2, W}, new int[] {1});
            Injection injection =
                new MixedPrompts(SPEC, ENGINE)
                    .inject(batch, List.of(Optional.of(a), Optional.of(b), Optional.of(a)));
            Tensor expected =
                Tensors.cat(
                    0, a.vectors(), b.vectors().narrow(0, 2, 1), a.vectors().narrow(0, 1, 1));
            assertClose("vectors", injection.inputs().orElseThrow().vectors(), expected, 0, 0);
            Tensor second = injection.offsets().get(2);
            assertClose(
                "offset of b",
                second.select(0, 2),
                b.offsets().orElseThrow().select(0, 1).select(0, 2),
                0,
                0);
            assertThat(Tensors.floats(second.narrow(0, 0, 2))).containsOnly(0);
            assertThat(Tensors.floats(second.narrow(0, 3, 1))).containsOnly(0);
          }
        });
  }

  @Test
  void aRowWithoutAPromptHasNoSoftTokens() {
    Scope.run(
        () -> {
          try (InputPrompt a = prompt(2, false)) {
            MixedPrompts mixed = new MixedPrompts(SPEC, ENGINE);
            TokenBatch batch = batch(new int[] {0, 1}, new int[] {0, W});
            assertThatThrownBy(() -> mixed.inject(batch, List.of(Optional.of(a), Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without a prompt");
            TokenBatch tooMany = batch(new int[] {0, 1}, new int[] {2, W});
            assertThatThrownBy(() -> mixed.inject(tooMany, List.of(Optional.of(a), Optional.of(a))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("soft token 2");
          }
        });
  }

  private static InputPrompt prompt(int length, boolean deep) {
    RandomStream random = RandomStream.of(length);
    return InputPrompt.of(
        random.gaussian(1, length, WIDTH),
        deep ? Optional.of(random.gaussian(1, 2, length, WIDTH)) : Optional.empty(),
        SPEC,
        ENGINE);
  }
}
