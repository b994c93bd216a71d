package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.engine.Engine;

/**
 * tanh(W h + b) over the first token, in fp32: for so few rows a narrower type would save nothing.
 *
 * @param dense {@code [H, H]}, held in fp32
 */
public record Pooler(Linear dense) {

  /** {@code [B, H] → [B, H]}, fp32. */
  public Tensor apply(Engine engine, Tensor first) {
    return torch.tanh(dense.apply(engine, first));
  }
}
