package org.ptuning4j.tensor.engine;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** An order in which a processor's kernels read matrices. Thread-safe. */
interface Packing {

  /**
   * Packs a matrix.
   *
   * @param plain {@code [out, in]}; not needed afterwards
   */
  Packed pack(Tensor plain);

  /** A packed matrix, owned by whoever packed it. Thread-safe. */
  interface Packed extends AutoCloseable {

    /**
     * x Wᵀ + b, without a graph.
     *
     * @param x {@code [..., in]}
     * @param bias {@code [out]}
     * @return {@code [..., out]}, of the innermost scope
     */
    Tensor product(Tensor x, Optional<Tensor> bias);

    /** The matrix as it is held, {@code [out, in]}: a copy, of the innermost scope. */
    Tensor plain();

    @Override
    void close();
  }
}
