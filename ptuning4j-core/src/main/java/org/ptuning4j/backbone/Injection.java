package org.ptuning4j.backbone;

import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What prompts add to one forward pass. It is per row of the batch, so that the rows of one batch
 * may carry different prompts, of different lengths, in different layers. This is all that a
 * backbone knows of prompts.
 *
 * @param prefixes the key and value prefix of each layer that has one, by the layer's index from
 *     the input, 0 … L−1
 * @param positionShift {@code [B]}: by how much the positions of each row's text are moved up;
 *     empty for none
 * @param inputs vectors in place of word embeddings; empty for none
 * @param offsets what is added to a layer's input at the places of {@code inputs}, {@code [N, H]}
 *     in their order, by the layer's index from the input, 1 … L−1
 */
public record Injection(
    Map<Integer, LayerPrefix> prefixes,
    Optional<int[]> positionShift,
    Optional<InputVectors> inputs,
    Map<Integer, Tensor> offsets) {

  private static final Injection NONE =
      new Injection(Map.of(), Optional.empty(), Optional.empty(), Map.of());

  /** Copies the maps. */
  public Injection {
    prefixes = Map.copyOf(prefixes);
    offsets = Map.copyOf(offsets);
    if (!offsets.isEmpty() && inputs.isEmpty()) {
      throw new IllegalArgumentException("offsets belong to soft tokens, and there are none");
    }
  }

  /** Prefixes only, as P-Tuning v2 and prefix tuning have them. */
  public static Injection deep(Map<Integer, LayerPrefix> prefixes, Optional<int[]> positionShift) {
    return new Injection(prefixes, positionShift, Optional.empty(), Map.of());
  }

  /** Soft tokens at the input only. */
  public static Injection inputs(InputVectors inputs) {
    return new Injection(Map.of(), Optional.empty(), Optional.of(inputs), Map.of());
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
