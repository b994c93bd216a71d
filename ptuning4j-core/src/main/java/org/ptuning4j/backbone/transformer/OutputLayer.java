package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * From states to the scores of words, in fp32: x Eᵀ + c. The matrix is the largest of a model: it
 * is never copied whole. Where it is held in a narrower type, a block of words at a time is cast.
 *
 * @param engine where it computes
 * @param matrix E, {@code [V, E]}
 * @param bias c, {@code [V]}, in fp32; empty for none
 */
record OutputLayer(Engine engine, BackboneWeight matrix, Optional<BackboneWeight> bias) {

  /** The values of the matrix that are cast at once: 16 MiB of them. */
  private static final long BLOCK = 4L << 20;

  /** The scores of all words, {@code [N, E] → [N, V]}. */
  Tensor scores(Tensor x) {
    Tensor held = matrix.stored();
    if (Dtype.of(held.scalar_type()) == Dtype.F32) {
      return engine.linear(x, held, bias.map(BackboneWeight::stored));
    }
    long words = held.size(0);
    long block = Math.max(1, BLOCK / held.size(1));
    List<Tensor> blocks = new ArrayList<>();
    for (long from = 0; from < words; from += block) {
      long first = from;
      long count = Math.min(block, words - first);
      blocks.add(Scope.keep(() -> block(x, first, count)));
    }
    return Tensors.cat(1, blocks.toArray(Tensor[]::new));
  }

  private Tensor block(Tensor x, long first, long count) {
    return engine.linear(
        x,
        engine.place(matrix.stored().narrow(0, first, count), Dtype.F32),
        bias.map(each -> each.stored().narrow(0, first, count)));
  }

  /**
   * The scores of some words, {@code [N, E] → [N, words]}.
   *
   * @param words {@code [words]}
   */
  Tensor scores(Tensor x, Tensor words) {
    return engine.linear(
        x,
        engine.place(matrix.stored().index_select(0, words), Dtype.F32),
        bias.map(each -> each.stored().index_select(0, words)));
  }
}
