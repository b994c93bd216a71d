package org.ptuning4j.backbone.weight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** A trained weight of a bf16 backbone is cast after each change, and not at each use. */
class CastWeightTest {

  private static BackboneWeight trained() {
    return BackboneWeight.of(
        "w",
        WeightRole.MATRIX,
        Weights.plainLayout("w", 3, 2),
        RandomStream.of(1).gaussian(1, 3, 2),
        Dtype.BF16,
        Engine.reference(),
        true);
  }

  @Test
  void usesBetweenTwoChangesShareOneCast() {
    Scope.run(
        () -> {
          try (BackboneWeight weight = trained()) {
            Tensor first = weight.value();
            assertThat(first.scalar_type().value).isEqualTo(Dtype.BF16.scalarType().value);
            assertThat(weight.value()).isSameAs(first);
            Autograd.withoutGraph(() -> weight.stored().add_(new Scalar(1)));
            Tensor second = weight.value();
            assertThat(second).isNotSameAs(first);
            assertThat(second.equal(weight.stored().to(Dtype.BF16.scalarType()))).isTrue();
          }
        });
  }

  /** As the batches of a step do, one after the other or side by side. */
  @Test
  void eachBackwardPassAddsItsGradient() {
    Scope.run(
        () -> {
          try (BackboneWeight weight = trained()) {
            for (int pass = 0; pass < 2; pass++) {
              weight.value().mul(new Scalar(3)).sum().backward();
            }
            assertThat(Tensors.floats(weight.stored().grad())).containsOnly(6f);
          }
        });
  }

  @Test
  void whatAnEvaluationCastsGivesNoGradientAndTrainingCastsAnew() {
    Scope.run(
        () -> {
          try (BackboneWeight weight = trained()) {
            Autograd.inference(() -> weight.value().numel());
            weight.value().sum().backward();
            assertThat(Tensors.floats(weight.stored().grad())).containsOnly(1f);
          }
        });
  }

  /** 256 + 1 is 256 in bf16: the gradients of layers that share a weight are added up in fp32. */
  @Test
  void gradientsOfASharedWeightAreAddedUpInFp32() {
    Scope.run(
        () -> {
          try (BackboneWeight weight = trained()) {
            weight.share();
            weight.value().mul(new Scalar(256)).sum().add(weight.value().sum()).backward();
            assertThat(Tensors.floats(weight.stored().grad())).containsOnly(257f);
          }
        });
  }

  @Test
  void onlyTheRowsOfATableThatAreLookedUpAreCast() {
    Scope.run(
        () -> {
          try (BackboneWeight table = trained()) {
            Tensor rows = table.rows(Tensors.of(new long[] {2, 2}, 2));
            assertThat(rows.scalar_type().value).isEqualTo(Dtype.BF16.scalarType().value);
            rows.mul(new Scalar(128)).sum().backward();
            assertThat(Tensors.floats(table.stored().grad())).containsExactly(0, 0, 0, 0, 256, 256);
          }
        });
  }

  @Test
  void aFrozenWeightIsHeldInItsTypeAndIsItself() {
    Scope.run(
        () -> {
          FixedWeights frozen =
              new FixedWeights(
                  Map.of("w", RandomStream.of(1).gaussian(1, 3, 2)), Engine.reference());
          BackboneWeight weight = frozen.plain("w", WeightRole.MATRIX, 3, 2);
          assertThat(weight.value()).isSameAs(weight.stored());
        });
  }
}
