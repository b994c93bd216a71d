package org.ptuning4j.tensor.engine;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Scope;

/**
 * A matrix that is only multiplied by and never changes, in the order in which the processor's
 * kernels read it. A plain one is brought into that order at every product, which for a few rows
 * takes longer than the product itself.
 *
 * <p>Thread-safe. No gradient flows through its products: what asks for one is refused.
 */
public final class PackedMatrix implements AutoCloseable {

  /** Some of its outputs: what a product with a part of the matrix is. */
  private record Part(long first, long count) {}

  private final Packing packing;
  private final long outputs;
  private final Packing.Packed whole;
  private final Map<Part, Packing.Packed> parts = new ConcurrentHashMap<>();

  PackedMatrix(Packing packing, Tensor plain) {
    this.packing = packing;
    this.outputs = plain.size(0);
    this.whole = packing.pack(plain);
  }

  /**
   * x Wᵀ + b, without a graph.
   *
   * @param x {@code [..., in]}, of the matrix's type
   * @param bias {@code [out]}
   * @return {@code [..., out]}
   * @throws IllegalStateException if x carries a gradient
   */
  public Tensor product(Tensor x, Optional<Tensor> bias) {
    requireNoGraph(x);
    return whole.product(x, bias);
  }

  /**
   * The same for some of the outputs, {@code [..., count]}. They are packed apart when they are
   * first asked for.
   */
  public Tensor product(Tensor x, Optional<Tensor> bias, long first, long count) {
    return first == 0 && count == outputs
        ? product(x, bias)
        : part(new Part(first, count), x).product(x, bias);
  }

  private Packing.Packed part(Part part, Tensor x) {
    requireNoGraph(x);
    return parts.computeIfAbsent(part, this::packed);
  }

  private static void requireNoGraph(Tensor x) {
    if (GradMode.is_enabled() && x.requires_grad()) {
      throw new IllegalStateException(
          "no gradient flows through a packed matrix; the backbone was opened for inference");
    }
  }

  private Packing.Packed packed(Part part) {
    return Scope.run(() -> packing.pack(plain().narrow(0, part.first(), part.count())));
  }

  /**
   * The matrix as it is held, {@code [out, in]}: as it was, but for what 8 bits cost. A copy, of
   * the innermost scope.
   */
  public Tensor plain() {
    return whole.plain();
  }

  @Override
  public void close() {
    whole.close();
    parts.values().forEach(Packing.Packed::close);
  }
}
