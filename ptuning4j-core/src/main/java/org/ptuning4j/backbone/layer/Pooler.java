package org.ptuning4j.backbone.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.tensor.engine.Engine;

/**
 * norm(f(W h + b)) over one state of each text, in fp32: for so few rows a narrower type would save
 * nothing.
 *
 * @param dense {@code [H, H]}, held in fp32
 * @param activation f: tanh in most families
 * @param norm held in fp32; empty for none, as in most families
 */
public record Pooler(Linear dense, Activation activation, Optional<Norm> norm) {

  /** A pooler without a norm. */
  public Pooler(Linear dense, Activation activation) {
    this(dense, activation, Optional.empty());
  }

  /** {@code [B, H] → [B, H]}, fp32. */
  public Tensor apply(Engine engine, Tensor state) {
    Tensor activated = activation.apply(dense.apply(engine, state));
    return norm.map(each -> each.apply(activated)).orElse(activated);
  }
}
