package org.ptuning4j.tensor.engine;

import java.util.Optional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Operator;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * Matrices in 8 bits, each output with a scale of its own, by what they are multiplied with in 8
 * bits, each row with a scale of its own; sums in 32 bits, results in fp32.
 *
 * <p>libtorch's kernel has one scale for all rows of a product, so that a text's result would
 * depend on the texts beside it. Here each row is brought to [−1, 1] first, and a row of ones is
 * added, so that this one scale is the same in every product: a row's result is its own.
 *
 * <p>Processors without instructions for sums of four products in 8 bits add two of them up in 16,
 * which overflows unless states are held to 7 bits.
 */
final class Int8Packing implements Packing {

  /** The largest value of 8 signed bits that has a negative. */
  private static final double LARGEST = 127;

  /** Less than any state that matters: keeps a row of zeros from being divided by zero. */
  private static final double SMALLEST = 1e-12;

  private final Operator prepack;
  private final Operator linear;
  private final Operator unpack;

  private final boolean halved;

  private Int8Packing(Operator prepack, Operator linear, Operator unpack, boolean halved) {
    this.prepack = prepack;
    this.linear = linear;
    this.unpack = unpack;
    this.halved = halved;
  }

  /**
   * The kernels of this libtorch.
   *
   * @param device {@code cpu}: there are none elsewhere
   * @throws InvalidInputException if it has none for this processor
   */
  static Packing open(Processor processor, String device) {
    if (!device.equals("cpu")) {
      throw InvalidInputException.of(
          "precision: int8 is for processors; take fp32 or bf16 on a GPU");
    }
    try {
      Int8Packing packing =
          new Int8Packing(
              Operator.of("quantized::linear_prepack", ""),
              Operator.of("quantized::linear_dynamic", ""),
              Operator.of("quantized::linear_unpack", ""),
              !processor.hasInt8Products());
      packing.tryOut();
      return packing;
    } catch (RuntimeException e) { // what libtorch throws where it lacks operators or an engine
      throw new InvalidInputException(
          "precision: int8 has no kernels on this processor; take fp32 or bf16", e);
    }
  }

  private void tryOut() {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor ones = Tensors.of(new float[] {1, 1, 1, 1}, 2, 2);
                  try (Packed packed = pack(ones)) {
                    return Tensors.floats(packed.product(ones, Optional.empty()));
                  }
                }));
  }

  @Override
  public Packed pack(Tensor plain) {
    return Scope.run(() -> new Quantized(prepacked(plain.contiguous()), plain.size(1)));
  }

  private IValue prepacked(Tensor plain) {
    Tensor scales = // [out]
        plain
            .abs()
            .amax(new long[] {1}, false)
            .clamp_min(new Scalar(SMALLEST))
            .div(new Scalar(LARGEST))
            .to(ScalarType.Double);
    Tensor zeros = torch.zeros(new long[] {plain.size(0)}, new TensorOptions(ScalarType.Long));
    Tensor quantized = torch.quantize_per_channel(plain, scales, zeros, 0, ScalarType.QInt8);
    return prepack.valueOf(Operator.tensor(quantized), Operator.none());
  }

  /** A matrix in 8 bits. */
  private final class Quantized implements Packed {

    private final IValue matrix;
    private final Tensor ones; // [1, in], 1 and −1 in turn

    Quantized(IValue matrix, long in) {
      this.matrix = matrix;
      matrix.retainReference();
      this.ones =
          Scope.own(
              () -> {
                float[] values = new float[Math.toIntExact(in)];
                for (int i = 0; i < values.length; i++) {
                  values[i] = i % 2 == 0 ? 1 : -1;
                }
                return Tensors.of(values, 1, in);
              });
    }

    @Override
    public Tensor product(Tensor x, Optional<Tensor> bias) {
      return Scope.keep(
          () -> {
            long in = ones.size(1);
            Tensor rows = x.reshape(-1, in); // [R, in]
            // A norm would say it in one call; it takes ten times as long.
            Tensor largest = // [R, 1]
                rows.abs().amax(new long[] {1}, true).clamp_min_(new Scalar(SMALLEST));
            long count = rows.size(0);
            Tensor all = // [R+1, in]
                torch.empty(
                    new long[] {count + 1, in},
                    new TensorOptions(ScalarType.Float),
                    new MemoryFormatOptional());
            torch.div_out(all.narrow(0, 0, count), rows, largest);
            all.narrow(0, count, 1).copy_(ones);
            Tensor products = // [R+1, out]
                linear.tensorOf(Operator.tensor(all), matrix, Operator.flag(halved));
            Tensor own = products.narrow(0, 0, count);
            Tensor scaled =
                bias.map(each -> torch.addcmul(each, own, largest))
                    .orElseGet(() -> own.mul(largest));
            long[] shape = Tensors.shape(x);
            shape[shape.length - 1] = products.size(1);
            return scaled.view(shape);
          });
    }

    /** As it is in 8 bits, which is not quite as it was loaded. */
    @Override
    public Tensor plain() {
      return Scope.keep(() -> unpack.tensorOf(matrix).dequantize());
    }

    @Override
    public void close() {
      Scope.release(matrix);
      Scope.release(ones);
    }
  }
}
