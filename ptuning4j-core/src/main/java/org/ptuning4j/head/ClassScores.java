package org.ptuning4j.head;

import org.bytedeco.pytorch.Tensor;

/**
 * What cross-entropy is computed of: for each answer the logits of its classes, and the right one.
 *
 * @param logits {@code [N, C]}, with their graph; −∞ for what is no class of that answer, where
 *     answers have different numbers of classes
 * @param targets {@code [N]}, the right class of each, or a negative number where the answer does
 *     not count
 */
@SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
public record ClassScores(Tensor logits, long[] targets) {

  /** Requires a target for each row. */
  public ClassScores {
    if (logits.dim() != 2 || logits.size(0) != targets.length) {
      throw new IllegalArgumentException(
          targets.length + " targets for logits of " + logits.dim() + " dimensions");
    }
  }
}
