package org.ptuning4j.tensor.engine;

import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.engine.KernelPlan.Attention;
import org.ptuning4j.tensor.engine.KernelPlan.Linear;

/**
 * The kernels that are known to be fast, from what is known without measuring: the device, the
 * element type, the instructions, and whether a gradient flows. Measurements behind each rule are
 * in {@code docs/decisions.md}.
 */
final class KernelRules {

  private KernelRules() {}

  static KernelPlan plan(Processor processor, String device, Dtype dtype) {
    if (!device.equals("cpu")) {
      return new KernelPlan(Linear.MATMUL, Attention.FUSED, Attention.FUSED);
    }
    if (dtype == Dtype.F32) {
      // The fused kernel works on several heads at once; the products of the plain one do not.
      return new KernelPlan(Linear.CONVOLUTION, Attention.FUSED, Attention.FUSED);
    }
    // In bf16 the fused kernel's products use AMX where it is there, forward only; without AMX
    // they are emulated, and thirty times slower than oneDNN's.
    boolean amx = processor.features().contains("amx_bf16");
    return new KernelPlan(
        Linear.MATMUL, Attention.MATMUL, amx ? Attention.FUSED : Attention.MATMUL);
  }
}
