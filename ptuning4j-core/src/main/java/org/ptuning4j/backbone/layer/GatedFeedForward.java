package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Scope;

/**
 * W₂ (f(W₁ x) ∘ W₃ x) (Shazeer, arXiv 2002.05202): GeGLU, SwiGLU and their kin.
 *
 * @param inputAndGate W₁ above W₃, {@code [2·I, H]}
 * @param activation f
 * @param output {@code [H, I]}
 */
public record GatedFeedForward(Linear inputAndGate, Activation activation, Linear output)
    implements FeedForward {

  @Override
  public Tensor apply(Pass pass, Tensor x) {
    Tensor gated =
        Scope.keep(
            () -> {
              Tensor both = inputAndGate.apply(pass.engine(), x); // [B, m, 2·I]
              long width = both.size(2) / 2;
              Tensor input = activation.apply(both.narrow(2, 0, width));
              return pass.dropout(
                  DropoutPlace.FEED_FORWARD_INSIDE, input.mul(both.narrow(2, width, width)));
            });
    return output.apply(pass.engine(), gated);
  }
}
