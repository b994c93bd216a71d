package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * Two values of each place that follow from the scores of all words there, without the scores of
 * all places in memory: they are computed for some places at a time. So is the gradient of the
 * first value, at once and by a graph that is gone with them. A place's value depends on its own
 * state alone, so that x·g, with g that gradient, has the right derivative in the graph of what
 * comes before; its value is replaced. The second value has no gradient.
 *
 * @param output the layer that scores the words
 */
record ScoredPlaces(OutputLayer output) {

  /** The scores that are held at once: 16 MiB of them, in each thread. */
  private static final long BLOCK = 4L << 20;

  /** What is made of the scores of some places. */
  interface Values {

    /**
     * The values of some places.
     *
     * @param scores {@code [count, V]}
     * @param first the first place
     * @param count how many there are
     * @return {@code [count, 2]}
     */
    Tensor of(Tensor scores, long first, long count);
  }

  /** {@code [N, E] → [N, 2]}. */
  Tensor of(Tensor x, Values values) {
    boolean trained =
        output.matrix().stored().requires_grad()
            || output.bias().map(bias -> bias.stored().requires_grad()).orElse(false);
    if (GradMode.is_enabled() && trained) {
      return values.of(output.rough(x), 0, x.size(0)); // the matrix needs its gradient too
    }
    boolean wanted = GradMode.is_enabled() && x.requires_grad();
    long block = Math.max(1, BLOCK / output.matrix().stored().size(0));
    List<Tensor> found = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    for (long from = 0; from < x.size(0); from += block) {
      long first = from;
      long count = Math.min(block, x.size(0) - first);
      List<Tensor> computed = Scope.keepAll(() -> block(x, values, first, count, wanted));
      found.add(computed.get(0));
      gradients.addAll(computed.subList(1, computed.size()));
    }
    Tensor known = Tensors.cat(0, found.toArray(Tensor[]::new)); // [N, 2]
    if (!wanted) {
      return known;
    }
    Tensor gradient = Tensors.cat(0, gradients.toArray(Tensor[]::new)); // [N, E]
    Tensor along = x.mul(gradient).sum(1); // [N]
    Tensor nothing = along.sub(along.detach()); // 0, with the derivative of the first value
    return known.add(torch.stack(new TensorVector(nothing, torch.zeros_like(nothing)), 1));
  }

  /** Some places' values, and their gradients {@code [count, E]} where they are wanted. */
  @SuppressWarnings("try") // the mode works by being open
  private List<Tensor> block(Tensor x, Values values, long first, long count, boolean wanted) {
    try (AutoGradMode mode = new AutoGradMode(wanted)) {
      Tensor own = x.narrow(0, first, count).detach();
      if (!wanted) {
        return List.of(values.of(output.rough(own), first, count));
      }
      own.requires_grad_(true);
      Tensor found = values.of(output.rough(own), first, count);
      found.select(1, 0).sum().backward();
      return List.of(found.detach(), own.mutable_grad().detach());
    }
  }
}
