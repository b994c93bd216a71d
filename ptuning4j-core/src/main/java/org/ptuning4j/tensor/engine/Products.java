package org.ptuning4j.tensor.engine;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.engine.KernelPlan.Linear;

/**
 * Matrix products that use every thread, forward and backward.
 *
 * <p>Where OpenBLAS is held to one thread ({@link Torch#blasThreads}), libtorch's own fp32 products
 * on the CPU run on that one: {@code linear} calls OpenBLAS once, {@code bmm} once for each matrix,
 * one after the other. Products that are large enough for it to matter are therefore oneDNN's 1×1
 * convolutions, whatever the plan says; the gradients of those are convolutions again. Small ones
 * stay as they are: a convolution costs some microseconds more to start. In a thread that has no
 * others to divide the work with ({@link SideBySide}), libtorch's own are as fast as any.
 */
final class Products {

  /** Multiplications from which a product is worth more than one thread: some 0.05 ms of one. */
  private static final long LARGE = 1L << 21;

  private Products() {}

  /**
   * x Wᵀ + b.
   *
   * @param preferred what the plan says
   * @param x [..., in]
   * @param weight [out, in]
   * @param bias [out], or none
   * @return [..., out]
   */
  static Tensor linear(Linear preferred, Tensor x, Tensor weight, TensorOptional bias) {
    long in = weight.size(1);
    long out = weight.size(0);
    boolean convolution =
        isLargeFp32(x, x.numel() * out)
            && Torch.threads() > 1
            && (preferred == Linear.CONVOLUTION || blasIsAlone());
    return convolution ? byConvolution(x, weight, bias, in, out) : torch.linear(x, weight, bias);
  }

  /**
   * A 1×1 convolution over an image of height 1 whose pixels are the rows: [1, in, 1, rows] in
   * channels-last order is x itself.
   */
  private static Tensor byConvolution(
      Tensor x, Tensor weight, TensorOptional bias, long in, long out) {
    Tensor image = x.contiguous().view(1, 1, -1, in).permute(0, 3, 1, 2);
    Tensor convolved = convolution(image, weight.reshape(out, in, 1, 1), bias, 1); // [1,out,1,r]
    long[] shape = Tensors.shape(x);
    shape[shape.length - 1] = out;
    return convolved.permute(0, 2, 3, 1).reshape(shape);
  }

  /**
   * Many products of two matrices.
   *
   * @param left [B, A, m, k]
   * @param right [B, A, k, n]
   * @return [B, A, m, n]
   */
  static Tensor batched(Tensor left, Tensor right) {
    if (!isLargeFp32(left, left.numel() * right.size(3)) || !blasIsAlone()) {
      return left.matmul(right);
    }
    long pairs = left.size(0) * left.size(1);
    long m = left.size(2);
    long k = left.size(3);
    long n = right.size(3);
    // One group of channels for each pair: its filters are the left matrix's rows, its pixels the
    // right one's columns.
    Tensor filters = left.reshape(pairs * m, k, 1, 1);
    Tensor image = right.reshape(1, pairs * k, 1, n);
    return convolution(image, filters, new TensorOptional(), pairs)
        .view(left.size(0), left.size(1), m, n);
  }

  private static Tensor convolution(
      Tensor image, Tensor filters, TensorOptional bias, long groups) {
    return torch.conv2d(
        image, filters, bias, new long[] {1, 1}, new long[] {0, 0}, new long[] {1, 1}, groups);
  }

  private static boolean isLargeFp32(Tensor x, long multiplications) {
    return multiplications >= LARGE && Tensors.dtype(x) == Dtype.F32 && !x.is_cuda();
  }

  private static boolean blasIsAlone() {
    return Torch.blasThreads() < Torch.threads();
  }
}
