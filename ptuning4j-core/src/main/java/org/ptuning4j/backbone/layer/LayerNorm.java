package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * (x − mean) / √(variance + ε) · weight + bias over the last dimension.
 *
 * @param weight {@code [H]}
 * @param bias {@code [H]}
 * @param epsilon ε
 */
public record LayerNorm(BackboneWeight weight, BackboneWeight bias, double epsilon) {

  /** {@code [..., H] → [..., H]}. */
  public Tensor apply(Tensor x) {
    return torch.layer_norm(
        x,
        new long[] {weight.stored().size(0)},
        new TensorOptional(weight.value()),
        new TensorOptional(bias.value()),
        epsilon,
        false);
  }
}
