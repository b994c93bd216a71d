package org.ptuning4j.backbone.transformer;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;

/**
 * How likely one word is at each place. The derivative is ∂ ln p / ∂x = E[word] − Σ p E.
 *
 * @param output the layer that scores the words
 * @param words {@code [N]}, the word of each place
 */
record WordLikelihoods(OutputLayer output, Tensor words) implements ScoredPlaces.Values {

  private static final int NO_REDUCTION = torch.Reduction.None.value;
  private static final long NONE_IGNORED = -100;
  private static final double NO_SMOOTHING = 0;

  @Override
  public Tensor of(Tensor scores, long first, long count) {
    Tensor own = words.narrow(0, first, count);
    Tensor surprise =
        torch.cross_entropy_loss(
            scores, own, new TensorOptional(), NO_REDUCTION, NONE_IGNORED, NO_SMOOTHING);
    Tensor best = torch.argmax(scores.detach(), new LongOptional(1), false).eq(own);
    Tensor hit = output.engine().place(best, Dtype.F32);
    return torch.stack(new TensorVector(surprise.neg(), hit), 1);
  }
}
