package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * How likely one word is at each place, without the scores of all words at all places in memory:
 * they are computed for some places at a time. So is the gradient, at once and by a graph that is
 * gone with them: ∂ ln p / ∂x = E[word] − Σ p E. A place's likelihood depends on its own state
 * alone, so that x·g, with g that gradient, has the right derivative in the graph of what comes
 * before; its value is replaced.
 *
 * @param output the layer that scores the words
 */
record WordLikelihoods(OutputLayer output) {

  /** The scores that are held at once: 16 MiB of them, in each thread. */
  private static final long BLOCK = 4L << 20;

  private static final int NO_REDUCTION = torch.Reduction.None.value;
  private static final long NONE_IGNORED = -100;
  private static final double NO_SMOOTHING = 0;

  /** See {@link OutputLayer#likelihoods}. */
  Tensor of(Tensor x, Tensor words) {
    boolean trained =
        output.matrix().stored().requires_grad()
            || output.bias().map(bias -> bias.stored().requires_grad()).orElse(false);
    if (GradMode.is_enabled() && trained) {
      return likelihoods(output.rough(x), words); // the matrix needs its gradient too
    }
    boolean wanted = GradMode.is_enabled() && x.requires_grad();
    long block = Math.max(1, BLOCK / output.matrix().stored().size(0));
    List<Tensor> values = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    for (long from = 0; from < x.size(0); from += block) {
      long first = from;
      long count = Math.min(block, x.size(0) - first);
      List<Tensor> computed =
          Scope.keepAll(
              () -> block(x.narrow(0, first, count), words.narrow(0, first, count), wanted));
      values.add(computed.get(0));
      gradients.addAll(computed.subList(1, computed.size()));
    }
    Tensor known = Tensors.cat(0, values.toArray(Tensor[]::new)); // [N, 2]
    if (!wanted) {
      return known;
    }
    Tensor gradient = Tensors.cat(0, gradients.toArray(Tensor[]::new)); // [N, E]
    Tensor along = x.mul(gradient).sum(1); // [N]
    Tensor nothing = along.sub(along.detach()); // 0, with the derivative of ln p
    return known.add(torch.stack(new TensorVector(nothing, torch.zeros_like(nothing)), 1));
  }

  /** Some places' values, and their gradients {@code [N, E]} where they are wanted. */
  @SuppressWarnings("try") // the mode works by being open
  private List<Tensor> block(Tensor x, Tensor words, boolean wanted) {
    try (AutoGradMode mode = new AutoGradMode(wanted)) {
      Tensor own = x.detach();
      if (!wanted) {
        return List.of(likelihoods(output.rough(own), words));
      }
      own.requires_grad_(true);
      Tensor values = likelihoods(output.rough(own), words);
      values.select(1, 0).sum().backward();
      return List.of(values.detach(), own.mutable_grad().detach());
    }
  }

  /** {@code [N, V] → [N, 2]}. */
  private Tensor likelihoods(Tensor scores, Tensor words) {
    Tensor surprise =
        torch.cross_entropy_loss(
            scores, words, new TensorOptional(), NO_REDUCTION, NONE_IGNORED, NO_SMOOTHING);
    Tensor best = torch.argmax(scores.detach(), new LongOptional(1), false).eq(words);
    Tensor hit = output.engine().place(best, Dtype.F32);
    return torch.stack(new TensorVector(surprise.neg(), hit), 1);
  }
}
