package org.ptuning4j.backbone.transformer;

import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * From states to the scores of words: x Eᵀ + c. The matrix is the largest of a model: it is never
 * copied or cast whole. Scores of all words are computed in the type in which it is held, and come
 * out in fp32; where that type is narrower, those of each place's {@link #REFINED} likeliest words
 * are computed once more in fp32, so that rounding does not decide which of them is the best.
 *
 * @param engine where it computes
 * @param matrix E, {@code [V, E]}
 * @param bias c, {@code [V]}, in fp32; empty for none
 */
record OutputLayer(Engine engine, BackboneWeight matrix, Optional<BackboneWeight> bias) {

  /** How many words of each place get scores in fp32 whatever the matrix is held in. */
  static final int REFINED = 16;

  /** The values of refined rows of the matrix that are held at once: 16 MiB of them. */
  private static final long BLOCK = 4L << 20;

  /** The scores of all words, fp32: {@code [N, E] → [N, V]}. */
  Tensor scores(Tensor x) {
    Tensor rough = rough(x);
    boolean narrow = type() != Dtype.F32;
    boolean graph = GradMode.is_enabled() && rough.requires_grad();
    return narrow && !graph ? refined(x, rough) : rough;
  }

  /** The same as the type of the matrix gives them. */
  Tensor rough(Tensor x) {
    if (type() == Dtype.F32) {
      return engine.linear(x, matrix.stored(), bias.map(BackboneWeight::stored));
    }
    Tensor narrow =
        engine.linear(engine.place(x, type()), matrix.stored(), Optional.empty()); // [N, V]
    Tensor scores = engine.place(narrow, Dtype.F32);
    return bias.map(each -> scores.add(each.stored())).orElse(scores);
  }

  private Dtype type() {
    return Dtype.of(matrix.stored().scalar_type());
  }

  /** Overwrites the scores of the likeliest words, some places at a time. */
  private Tensor refined(Tensor x, Tensor rough) {
    long best = Math.min(REFINED, rough.size(1));
    long block = Math.max(1, BLOCK / (best * x.size(1)));
    for (long from = 0; from < x.size(0); from += block) {
      long first = from;
      long count = Math.min(block, x.size(0) - first);
      Scope.run(() -> refine(x.narrow(0, first, count), rough.narrow(0, first, count), best));
    }
    return rough;
  }

  private void refine(Tensor x, Tensor rough, long best) {
    Tensor words = rough.topk(best).get1(); // [N, best]
    Tensor rows = matrix.stored().index_select(0, words.flatten()); // [N·best, E]
    Tensor exact =
        engine
            .place(rows, Dtype.F32)
            .view(x.size(0), best, x.size(1))
            .matmul(x.unsqueeze(2))
            .squeeze(2); // [N, best]
    Tensor scores =
        bias.map(each -> exact.add(each.stored().index_select(0, words.flatten()).view_as(exact)))
            .orElse(exact);
    rough.scatter_(1, words, scores);
  }

  /**
   * The scores of some words, in fp32: {@code [N, E] → [N, words]}.
   *
   * @param words {@code [words]}
   */
  Tensor scores(Tensor x, Tensor words) {
    return engine.linear(
        x,
        engine.place(matrix.stored().index_select(0, words), Dtype.F32),
        bias.map(each -> each.stored().index_select(0, words)));
  }

  /**
   * How likely one word is at each place among all words; see {@link WordLikelihoods}.
   *
   * @param words {@code [N]}
   * @return {@code [N, 2]}, fp32: the natural logarithm of its probability, and 1 where it is the
   *     likeliest, else 0
   */
  Tensor likelihoods(Tensor x, Tensor words) {
    return new ScoredPlaces(this).of(x, new WordLikelihoods(this, words));
  }

  /**
   * How far the words' probabilities at each place are from those at another; see {@link
   * WordDivergences}.
   *
   * @param others {@code [N, E]}
   * @return {@code [N, 2]}, fp32: the divergence, and what both have in common
   */
  Tensor divergences(Tensor x, Tensor others) {
    return new ScoredPlaces(this).of(x, new WordDivergences(this, others));
  }
}
