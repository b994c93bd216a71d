package org.ptuning4j.tensor;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The gradients of tensors that are gathered from several parts of a graph. */
final class GradientSums implements AutoCloseable {

  private final IdentityHashMap<Tensor, Tensor> sums = new IdentityHashMap<>();

  /**
   * Adds the gradients of a result.
   *
   * @param gradient the result's own; empty for a number, whose is 1
   * @param inputs what gradients are wanted of; those without a part in the result are passed over
   */
  void add(Tensor result, TensorVector gradient, List<Tensor> inputs) {
    Scope.run(
        () -> {
          TensorVector wanted = new TensorVector(inputs.toArray(Tensor[]::new));
          TensorVector found =
              torch.grad(
                  new TensorVector(result), wanted, gradient, new BoolOptional(), false, true);
          for (int i = 0; i < inputs.size(); i++) {
            Tensor each = found.get(i);
            if (each.defined()) {
              add(inputs.get(i), each);
            }
          }
        });
  }

  private void add(Tensor of, Tensor gradient) {
    Tensor before = sums.get(of);
    // Never in place: what autograd gives may be one tensor for several inputs.
    sums.put(of, Scope.own(() -> before == null ? gradient.detach() : before.add(gradient)));
    Scope.release(before);
  }

  /** The gradient of a tensor as far as it was gathered; empty if nothing was. */
  Optional<Tensor> of(Tensor tensor) {
    return Optional.ofNullable(sums.get(tensor));
  }

  /** Frees a gradient that is not needed any more. */
  void forget(Tensor tensor) {
    Scope.release(sums.remove(tensor));
  }

  /**
   * Goes on back from several tensors at once.
   *
   * @param roots where to begin; a trained parameter takes up the gradient itself
   * @param gathered of each root, the tensor under which its gradient was gathered
   */
  void passOn(List<Tensor> roots, List<Tensor> gathered) {
    Scope.run(
        () -> {
          TensorVector from = new TensorVector();
          TensorVector gradients = new TensorVector();
          for (int i = 0; i < roots.size(); i++) {
            Tensor gradient = sums.get(gathered.get(i));
            if (gradient != null) {
              from.push_back(roots.get(i));
              gradients.push_back(gradient);
            }
          }
          if (!from.empty()) {
            torch.backward(from, gradients, new BoolOptional(), false, new TensorVector());
          }
        });
  }

  @Override
  public void close() {
    sums.values().forEach(Scope::release);
    sums.clear();
  }
}
