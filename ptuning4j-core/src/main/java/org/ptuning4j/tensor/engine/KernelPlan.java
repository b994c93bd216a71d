package org.ptuning4j.tensor.engine;

/**
 * Which of several equivalent kernels a machine runs. They agree to rounding, not to the bit, so
 * the plan is part of what makes a run repeatable: it is decided once per machine, kept, and
 * recorded with every result.
 *
 * @param linear how {@code x Wᵀ + b} is computed
 * @param trainingAttention how attention is computed where a gradient flows
 * @param inferenceAttention how attention is computed where none does
 */
public record KernelPlan(Linear linear, Attention trainingAttention, Attention inferenceAttention) {

  /** The kernels for {@code x Wᵀ + b}. */
  public enum Linear {
    /** libtorch's own: OpenBLAS for fp32 on the CPU, oneDNN for bf16, cuBLAS on a GPU. */
    MATMUL,
    /** oneDNN's 1×1 convolution, which has a gradient and, in fp32, twice OpenBLAS's speed. */
    CONVOLUTION
  }

  /** The kernels for softmax(QKᵀ/√d + mask)V. */
  public enum Attention {
    /** Two batched matrix products around a softmax. */
    MATMUL,
    /** libtorch's fused kernel. */
    FUSED
  }

  /** Plain kernels everywhere: the reference for the others. */
  public static KernelPlan plain() {
    return new KernelPlan(Linear.MATMUL, Attention.MATMUL, Attention.MATMUL);
  }

  /** For example {@code linear=convolution attention=matmul/fused}. */
  public String describe() {
    return ("linear=" + linear + " attention=" + trainingAttention + "/" + inferenceAttention)
        .toLowerCase(java.util.Locale.ROOT);
  }
}
