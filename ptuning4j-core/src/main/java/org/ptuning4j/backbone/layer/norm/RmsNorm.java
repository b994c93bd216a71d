package org.ptuning4j.backbone.layer.norm;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.Weights;

/**
 * x / √(mean(x²) + ε) · weight over the last dimension (Zhang and Sennrich, arXiv 1910.07467).
 *
 * @param weight {@code [H]}
 * @param epsilon ε
 */
public record RmsNorm(BackboneWeight weight, double epsilon) implements Norm {

  /** The norm whose weight is {@code NAME.weight}. */
  public static RmsNorm of(Weights weights, String name, long width, double epsilon) {
    return new RmsNorm(weights.plain(name + ".weight", WeightRole.NORM, width), epsilon);
  }

  @Override
  public Tensor apply(Tensor x) {
    return torch.rms_norm(
        x,
        new long[] {weight.stored().size(0)},
        new TensorOptional(weight.value()),
        new DoubleOptional(epsilon));
  }
}
