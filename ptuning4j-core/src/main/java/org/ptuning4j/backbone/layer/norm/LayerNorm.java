package org.ptuning4j.backbone.layer.norm;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.backbone.weight.Weights.Held;

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
    return of(weights, name, width, epsilon, biased, Held.AS_BACKBONE);
  }

  /** The same, held in fp32 whatever the backbone's type. */
  public static LayerNorm inFp32(
      Weights weights, String name, long width, double epsilon, boolean biased) {
    return of(weights, name, width, epsilon, biased, Held.FP32);
  }

  private static LayerNorm of(
      Weights weights, String name, long width, double epsilon, boolean biased, Held held) {
    String weight = name + ".weight";
    String bias = name + ".bias";
    return new LayerNorm(
        weights.get(weight, WeightRole.NORM, Weights.plainLayout(weight, width), held),
        biased
            ? Optional.of(
                weights.get(bias, WeightRole.BIAS, Weights.plainLayout(bias, width), held))
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
