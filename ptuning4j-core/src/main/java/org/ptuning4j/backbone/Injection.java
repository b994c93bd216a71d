package org.ptuning4j.backbone;

import java.util.Map;
import java.util.Optional;

/**
 * What prompts add to one forward pass. It is per row of the batch, so that the rows of one batch
 * may carry different prompts, of different lengths, in different layers. This is all that a
 * backbone knows of prompts.
 *
 * @param prefixes the key and value prefix of each layer that has one, by the layer's index from
 *     the input, 0 … L−1
 * @param positionShift {@code [B]}: by how much the positions of each row's text are moved up;
 *     empty for none
 */
public record Injection(Map<Integer, LayerPrefix> prefixes, Optional<int[]> positionShift) {

  private static final Injection NONE = new Injection(Map.of(), Optional.empty());

  /** Copies the map. */
  public Injection {
    prefixes = Map.copyOf(prefixes);
  }

  /** No prompt at all. */
  public static Injection none() {
    return NONE;
  }

  /** The prefix of a layer. */
  public Optional<LayerPrefix> prefix(int layer) {
    return Optional.ofNullable(prefixes.get(layer));
  }

  /** The shift of a row's positions. */
  public int shift(int row) {
    return positionShift.map(shifts -> shifts[row]).orElse(0);
  }
}
