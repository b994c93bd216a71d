package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Scope;

/**
 * W₂ f(W₁ x).
 *
 * @param intermediate {@code [I, H]}
 * @param activation f
 * @param output {@code [H, I]}
 */
public record PlainFeedForward(Linear intermediate, Activation activation, Linear output)
    implements FeedForward {

  @Override
  public Tensor apply(Pass pass, Tensor x) {
    Tensor expanded =
        Scope.keep(
            () ->
                pass.dropout(
                    DropoutPlace.FEED_FORWARD_INSIDE,
                    activation.apply(intermediate.apply(pass.engine(), x))));
    return output.apply(pass.engine(), expanded);
  }
}
