package org.ptuning4j.backbone.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.Weights;

/**
 * (x − mean) / √(variance + ε) · weight + bias over the last dimension (Ba et al., arXiv
 * 1607.06450).
 *
 * @param weight {@code [H]}
 * @param bias {@code [H]}; empty for none
 * @param epsilon ε
 */
public record LayerNorm(BackboneWeight weight, Optional<BackboneWeight> bias, double epsilon)
    implements Norm {

  /** The norm of a name, {@code NAME.weight} and, if it has one, {@code NAME.bias}. */
  public static LayerNorm of(
      Weights weights, String name, long width, double epsilon, boolean biased) {
    return new LayerNorm(
        weights.plain(name + ".weight", WeightRole.NORM, width),
        biased
            ? Optional.of(weights.plain(name + ".bias", WeightRole.BIAS, width))
            : Optional.empty(),
        epsilon);
  }

  @Override
  public Tensor apply(Tensor x) {
    return torch.layer_norm(
        x,
        new long[] {weight.stored().size(0)},
        new TensorOptional(weight.value()),
        bias.map(each -> new TensorOptional(each.value())).orElseGet(TensorOptional::new),
        epsilon,
        false);
  }
}
