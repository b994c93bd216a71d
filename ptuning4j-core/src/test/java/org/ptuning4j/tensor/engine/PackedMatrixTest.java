package org.ptuning4j.tensor.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.ptuning4j.Closeness.assertClose;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.Torch;

/** Products with packed matrices are those with plain ones, to rounding. */
class PackedMatrixTest {

  private static Tensor random(Dtype dtype, long... shape) {
    Torch.start();
    return torch.randn(shape).to(dtype.scalarType());
  }

  private static PackedMatrix packed(Tensor plain) {
    Optional<Packing> packing = OneDnnPacking.of(Tensors.dtype(plain));
    assumeTrue(packing.isPresent(), "no packed products of this type here");
    return new PackedMatrix(packing.get(), plain);
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 1, 48, 20, 1e-5",
    "F32, 7, 384, 1152, 1e-4",
    "F32, 300, 96, 33, 1e-4",
    "BF16, 1, 48, 20, 0.1",
    "BF16, 130, 96, 64, 0.3"
  })
  void aProductIsThatWithThePlainMatrix(
      Dtype dtype, long rows, long in, long out, double tolerance) {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor weight = random(dtype, out, in);
                  Tensor bias = random(dtype, out);
                  Tensor x = random(dtype, 1, rows, in);
                  try (PackedMatrix packed = packed(weight)) {
                    Tensor product = packed.product(x, Optional.of(bias));
                    assertThat(Tensors.shape(product)).containsExactly(1, rows, out);
                    assertThat(Tensors.dtype(product)).isEqualTo(dtype);
                    assertClose("with bias", product, plain(x, weight, bias), tolerance, 0);
                    assertClose(
                        "without bias",
                        packed.product(x, Optional.empty()),
                        plain(x, weight, torch.zeros(out)),
                        tolerance,
                        0);
                  }
                  return null;
                }));
  }

  /** In fp32 whatever the type. */
  private static Tensor plain(Tensor x, Tensor weight, Tensor bias) {
    Dtype exact = Dtype.F32;
    return x.to(exact.scalarType())
        .matmul(weight.to(exact.scalarType()).t())
        .add(bias.to(exact.scalarType()));
  }

  @Test
  void someOfTheOutputsAreThoseOfTheWhole() {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor x = random(Dtype.F32, 5, 64);
                  Tensor bias = random(Dtype.F32, 96);
                  try (PackedMatrix packed = packed(random(Dtype.F32, 96, 64))) {
                    Tensor whole = packed.product(x, Optional.of(bias));
                    for (long[] part : new long[][] {{0, 32}, {32, 64}, {0, 96}, {95, 1}}) {
                      Tensor own =
                          packed.product(
                              x, Optional.of(bias.narrow(0, part[0], part[1])), part[0], part[1]);
                      assertClose("part", own, whole.narrow(1, part[0], part[1]), 1e-5, 0);
                    }
                  }
                  return null;
                }));
  }

  @ParameterizedTest
  @CsvSource({"F32", "BF16"})
  void itCanBeUnpackedToTheBit(Dtype dtype) {
    Scope.run(
        () -> {
          Tensor weight = random(dtype, 33, 65);
          try (PackedMatrix packed = packed(weight)) {
            assertThat(Tensors.floats(packed.plain())).containsExactly(Tensors.floats(weight));
          }
        });
  }

  @Test
  void aGradientIsRefusedAndNotLost() {
    Scope.run(
        () -> {
          Tensor x = random(Dtype.F32, 3, 16).set_requires_grad(true);
          try (PackedMatrix packed = packed(random(Dtype.F32, 8, 16))) {
            assertThatThrownBy(() -> packed.product(x, Optional.empty()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("gradient");
            assertThatThrownBy(() -> packed.product(x, Optional.empty(), 0, 4))
                .isInstanceOf(IllegalStateException.class);
          }
        });
  }

  @Test
  void severalThreadsMayAskForTheSameParts() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (PackedMatrix packed = Scope.run(() -> packed(torch.ones(64, 32)))) {
      List<Future<float[]>> all =
          IntStream.range(0, 40).mapToObj(i -> threads.submit(() -> ones(packed, i % 3))).toList();
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).get()).hasSize(16 * (i % 3 + 1)).containsOnly(32f);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static float[] ones(PackedMatrix packed, int part) {
    return Autograd.inference(
        () ->
            Scope.run(
                () ->
                    Tensors.floats(
                        packed.product(
                            torch.ones(1, 32), Optional.empty(), part, 16L * (part + 1)))));
  }

  @Test
  void onlyAnEngineForInferencePacks() {
    Scope.run(
        () -> {
          Tensor weight = random(Dtype.F32, 4, 4);
          assertThat(Engine.reference().packed(weight)).isEmpty();
        });
  }
}
