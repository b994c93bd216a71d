package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.engine.Engine;

/**
 * f(W h + b) over the first token, in fp32: for so few rows a narrower type would save nothing.
 *
 * @param dense {@code [H, H]}, held in fp32
 * @param activation f: tanh in most families
 */
public record Pooler(Linear dense, Activation activation) {

  /** {@code [B, H] → [B, H]}, fp32. */
  public Tensor apply(Engine engine, Tensor first) {
    return activation.apply(dense.apply(engine, first));
  }
}
