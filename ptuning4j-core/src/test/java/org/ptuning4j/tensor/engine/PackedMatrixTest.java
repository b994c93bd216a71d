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
import org.bytedeco.pytorch.Scalar;
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

  private static PackedMatrix inInt8(Tensor plain) {
    return new PackedMatrix(Int8Packing.open(Machine.detect().processor(), "cpu"), plain);
  }

  @ParameterizedTest
  @CsvSource({"1, 48, 20", "7, 384, 1152", "300, 96, 33"})
  void aProductInInt8IsNearThatWithThePlainMatrix(long rows, long in, long out) {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor weight = random(Dtype.F32, out, in);
                  Tensor bias = random(Dtype.F32, out);
                  Tensor x = random(Dtype.F32, rows, in).mul(new Scalar(50));
                  try (PackedMatrix packed = inInt8(weight)) {
                    Tensor exact = plain(x, weight, bias);
                    Tensor product = packed.product(x, Optional.of(bias));
                    double error = product.sub(exact).norm().item_double();
                    assertThat(error / exact.norm().item_double()).isBetween(1e-6, 0.02);
                  }
                  return null;
                }));
  }

  @Test
  void aRowInInt8DoesNotDependOnTheRowsBesideIt() {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor quiet = random(Dtype.F32, 3, 128);
                  Tensor loud = random(Dtype.F32, 5, 128).mul(new Scalar(1e4));
                  Tensor silent = torch.zeros(1, 128);
                  try (PackedMatrix packed = inInt8(random(Dtype.F32, 64, 128))) {
                    float[] alone = Tensors.floats(packed.product(quiet, Optional.empty()));
                    Tensor all = Tensors.cat(0, loud, quiet, silent);
                    Tensor among = packed.product(all, Optional.empty());
                    assertThat(Tensors.floats(among.narrow(0, 5, 3))).containsExactly(alone);
                    assertThat(Tensors.floats(among.narrow(0, 8, 1))).containsOnly(0f);
                  }
                  return null;
                }));
  }

  @Test
  void whatIsNotANumberStaysInItsRow() {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor good = random(Dtype.F32, 2, 32);
                  Tensor bad = torch.full(new long[] {1, 32}, new Scalar(Double.NaN));
                  try (PackedMatrix packed = inInt8(random(Dtype.F32, 8, 32))) {
                    float[] alone = Tensors.floats(packed.product(good, Optional.empty()));
                    Tensor among = packed.product(Tensors.cat(0, good, bad), Optional.empty());
                    assertThat(Tensors.floats(among.narrow(0, 0, 2))).containsExactly(alone);
                    for (float value : Tensors.floats(among.narrow(0, 2, 1))) {
                      assertThat(value).isNaN();
                    }
                  }
                  return null;
                }));
  }

  @Test
  void someOfTheOutputsInInt8AreThoseOfTheWhole() {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor x = random(Dtype.F32, 5, 64);
                  try (PackedMatrix packed = inInt8(random(Dtype.F32, 96, 64))) {
                    Tensor whole = packed.product(x, Optional.empty());
                    Tensor part = packed.product(x, Optional.empty(), 32, 64);
                    assertClose("part", part, whole.narrow(1, 32, 64), 1e-4, 0);
                  }
                  return null;
                }));
  }
}
