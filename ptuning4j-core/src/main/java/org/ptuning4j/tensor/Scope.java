package org.ptuning4j.tensor;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Frees native memory. Every libtorch call returns an object that holds native memory until the
 * scope it was made in closes; {@code keep} runs a block in a scope of its own and lets only the
 * results live on, in the enclosing scope. A layer, a training step or a file is read in such a
 * block, so that the peak is a layer's, not the model's.
 *
 * <p>What autograd needs for its backward pass is held by the graph, not by scopes.
 */
@SuppressWarnings("try") // a scope works by being open
public final class Scope {

  private Scope() {}

  /**
   * Runs a block; of all that it makes only the tensor it returns survives, in the enclosing scope.
   */
  public static Tensor keep(Supplier<Tensor> block) {
    return keepAll(() -> List.of(block.get())).get(0);
  }

  /**
   * Runs a block; of all that it makes only the tensors it returns survive, in the enclosing scope.
   */
  public static List<Tensor> keepAll(Supplier<List<Tensor>> block) {
    List<Tensor> kept;
    try (PointerScope scope = new PointerScope()) {
      kept = block.get();
      kept.forEach(Tensor::retainReference);
    }
    PointerScope outer = PointerScope.getInnerScope();
    if (outer != null) {
      for (Tensor tensor : kept) {
        outer.attach(tensor);
        tensor.releaseReference();
      }
    }
    return kept;
  }

  /** Runs a block whose result holds no native memory; everything it makes is freed. */
  public static <T> T run(Supplier<T> block) {
    try (PointerScope scope = new PointerScope()) {
      return block.get();
    }
  }

  /** Runs a block; everything it makes is freed. */
  public static void run(Runnable block) {
    try (PointerScope scope = new PointerScope()) {
      block.run();
    }
  }

  /**
   * Takes a tensor out of every scope: its owner closes it with {@link #release}. For weights and
   * parameters, which outlive the block that made them.
   */
  public static Tensor own(Supplier<Tensor> block) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = block.get();
      tensor.retainReference();
      return tensor;
    }
  }

  /** Gives a tensor of the innermost scope back before the scope closes. */
  public static void drop(Tensor tensor) {
    PointerScope.getInnerScope().detach(tensor);
  }

  /** Gives back what {@link #own} took; a null is ignored. */
  public static void release(Pointer owned) {
    if (owned != null && !owned.isNull()) {
      owned.releaseReference();
    }
  }
}
