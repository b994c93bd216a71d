package org.ptuning4j.backbone.transformer;

import java.util.List;

/**
 * How a family's tensors are known in checkpoints.
 *
 * @param prefix what checkpoints with a head put before the backbone's names, such as {@code bert.}
 * @param beginnings how the backbone's names begin, by which they are known where the prefix is
 *     absent
 * @param buffers names of tensors that old checkpoints saved although they are no weights
 */
public record CheckpointNames(String prefix, List<String> beginnings, List<String> buffers) {

  /** Copies the lists. */
  public CheckpointNames {
    beginnings = List.copyOf(beginnings);
    buffers = List.copyOf(buffers);
  }
}
