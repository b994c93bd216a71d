package org.ptuning4j.backbone.transformer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a family's tensors are known in checkpoints.
 *
 * @param prefix what checkpoints with a head put before the backbone's names, such as {@code bert.}
 * @param beginnings how the backbone's names begin, by which they are known where the prefix is
 *     absent
 * @param buffers names of tensors that old checkpoints saved although they are no weights
 * @param beside how names begin that have no prefix where the backbone's others have it, such as a
 *     pooler that belongs to classifiers
 * @param copies names of buffers that hold what a tensor holds, to that tensor's name: they are
 *     read where its own is missing. The first of them counts
 */
public record CheckpointNames(
    String prefix,
    List<String> beginnings,
    List<String> buffers,
    List<String> beside,
    Map<String, String> copies) {

  /** Copies the lists. */
  public CheckpointNames {
    beginnings = List.copyOf(beginnings);
    buffers = List.copyOf(buffers);
    beside = List.copyOf(beside);
    copies = Collections.unmodifiableMap(new LinkedHashMap<>(copies));
  }

  /** None is saved under another name as well. */
  public CheckpointNames(
      String prefix, List<String> beginnings, List<String> buffers, List<String> beside) {
    this(prefix, beginnings, buffers, beside, Map.of());
  }

  /** All names have the prefix, or none. */
  public CheckpointNames(String prefix, List<String> beginnings, List<String> buffers) {
    this(prefix, beginnings, buffers, List.of());
  }
}
