package org.ptuning4j.backbone.transformer;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * How far what is said at each place is from what is said at another: KL(p ‖ q) with q of the place
 * and p of the other. The derivative is ∂ KL / ∂x = Σ (q − p) E. The scores of the others are
 * computed for as many places at a time, too.
 *
 * @param output the layer that scores the words
 * @param others {@code [N, E]}: from these the words are scored for p; without a graph
 */
record WordDivergences(OutputLayer output, Tensor others) implements ScoredPlaces.Values {

  @Override
  public Tensor of(Tensor scores, long first, long count) {
    Tensor other = output.rough(others.narrow(0, first, count)).log_softmax(1).detach(); // ln p
    Tensor own = scores.log_softmax(1); // ln q
    Tensor likely = other.exp();
    // 0·ln 0 is 0: a word that p rules out has no part in the sum.
    Tensor apart = likely.mul(other.clamp_min(new Scalar(-1e4)).sub(own)).sum(1);
    Tensor common = torch.minimum(likely, own.detach().exp()).sum(1);
    return torch.stack(new TensorVector(apart, common), 1);
  }
}
