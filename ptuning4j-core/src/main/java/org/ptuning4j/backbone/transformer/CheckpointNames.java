package org.ptuning4j.backbone.transformer;

import java.util.List;

/**
 * How a family's tensors are known in checkpoints.
 *
 * @param prefix what checkpoints with a head put before the backbone's names, such as {@code bert.}
 * @param beginnings how the backbone's names begin, by which they are known where the prefix is
 *     absent
 * @param buffers names of tensors that old checkpoints saved although they are no weights
 * @param beside how names begin that have no prefix where the backbone's others have it, such as a
 *     pooler that belongs to classifiers
 */
public record CheckpointNames(
    String prefix, List<String> beginnings, List<String> buffers, List<String> beside) {

  /** Copies the lists. */
  public CheckpointNames {
    beginnings = List.copyOf(beginnings);
    buffers = List.copyOf(buffers);
    beside = List.copyOf(beside);
  }

  /** All names have the prefix, or none. */
  public CheckpointNames(String prefix, List<String> beginnings, List<String> buffers) {
    this(prefix, beginnings, buffers, List.of());
  }
}
