package org.ptuning4j.backbone.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.tensor.Scope;

/**
 * A convolution over neighbouring tokens beside a layer, as DeBERTa v2 has it beside the first:
 * norm(layer(x) + f(W ∗ x)).
 *
 * @param weight {@code [H, H/groups, k]}, with an odd k
 * @param bias {@code [H]}
 * @param groups how many groups of channels there are
 * @param activation f
 * @param norm of the sum
 */
public record Convolution(
    BackboneWeight weight, BackboneWeight bias, int groups, Activation activation, Norm norm) {

  /**
   * The sum, normalised; zeros in place of padding.
   *
   * @param x the layer's input, {@code [B, n, H]}
   * @param states the layer's output, {@code [B, m, H]}
   * @param read the columns of that output
   */
  Tensor apply(Pass pass, Tensor x, Tensor states, ReadColumns read) {
    Optional<Tensor> content = pass.scores().content();
    Tensor beside = Scope.keep(() -> Columns.of(pass.engine(), convolved(pass, x, content), read));
    Tensor normed = norm.apply(states.add(beside));
    return content.map(mask -> normed.mul(Columns.of(pass.engine(), mask, read))).orElse(normed);
  }

  /** {@code [B, n, H]}. */
  private Tensor convolved(Pass pass, Tensor x, Optional<Tensor> content) {
    Tensor channels =
        torch.conv1d(
            x.transpose(1, 2), // [B, H, n]
            weight.value(),
            new TensorOptional(bias.value()),
            new long[] {1},
            new long[] {(weight.stored().size(2) - 1) / 2},
            new long[] {1},
            groups);
    Tensor convolved = channels.transpose(1, 2);
    Tensor tokens = content.map(convolved::mul).orElse(convolved);
    return activation.apply(pass.dropout(DropoutPlace.CONVOLUTION, tokens));
  }
}
