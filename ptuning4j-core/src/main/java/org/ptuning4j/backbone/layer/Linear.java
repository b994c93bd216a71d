package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.engine.Engine;

/**
 * x Wᵀ + b.
 *
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}
 */
public record Linear(BackboneWeight weight, BackboneWeight bias) {

  /** {@code [..., in] → [..., out]}. */
  public Tensor apply(Engine engine, Tensor x) {
    return engine.linear(x, weight.value(), bias.value());
  }

  /**
   * The same for a part of the outputs, {@code [..., in] → [..., count]}: some of several fused
   * matrices.
   */
  public Tensor apply(Engine engine, Tensor x, long firstOutput, long count) {
    return engine.linear(
        x,
        weight.value().narrow(0, firstOutput, count),
        bias.value().narrow(0, firstOutput, count));
  }
}
