package org.ptuning4j.backbone.layer.norm;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.backbone.weight.Weights.Held;
import org.ptuning4j.tensor.Dtype;

/**
 * x / √(mean(x²) + ε) · (1 + weight) over the last dimension, as Gemma has it: weights lie around
 * 0. Computed in fp32, whatever type x has; in bf16 small weights would be lost in 1 + weight.
 *
 * @param weight {@code [H]}, held in fp32
 * @param epsilon ε
 */
public record CentredRmsNorm(BackboneWeight weight, double epsilon) implements Norm {

  /** The norm whose weight is {@code NAME.weight}. */
  public static CentredRmsNorm of(Weights weights, String name, long width, double epsilon) {
    String weight = name + ".weight";
    return new CentredRmsNorm(
        weights.get(weight, WeightRole.NORM, Weights.plainLayout(weight, width), Held.FP32),
        epsilon);
  }

  @Override
  public Tensor apply(Tensor x) {
    return torch
        .rms_norm(
            x.to(Dtype.F32.scalarType()),
            new long[] {weight.stored().size(0)},
            new TensorOptional(weight.value().add(new Scalar(1))),
            new DoubleOptional(epsilon))
        .to(x.scalar_type());
  }
}
