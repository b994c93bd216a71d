package org.ptuning4j.backbone.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.LayerPrefix;

/**
 * What one layer of a decoder attends to of a source. There are states, or a prefix, or both: keys
 * and values that were made of a source's states once are a prefix from then on.
 *
 * @param states what the encoder gives, {@code [B, n, H]}; empty where keys and values are known
 * @param padding {@code [B, n]}: 0 for the source's tokens and −∞ for padding; empty where nothing
 *     is padded
 * @param prefix keys and values before those of the states
 */
public record SourceColumns(
    Optional<Tensor> states, Optional<Tensor> padding, Optional<LayerPrefix> prefix) {

  /** Checks that there is anything. */
  public SourceColumns {
    if (states.isEmpty() && prefix.isEmpty()) {
      throw new IllegalArgumentException("a target without a source");
    }
  }
}
