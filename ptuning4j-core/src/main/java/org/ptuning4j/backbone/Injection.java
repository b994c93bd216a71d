package org.ptuning4j.backbone;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Tensors;

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

  /**
   * This injection and that of the prompts of other rows: prefixes stand side by side, each masked
   * in the rows that are not its own; soft tokens follow one another.
   */
  public Injection and(Injection other) {
    Map<Integer, LayerPrefix> both = new HashMap<>(prefixes);
    other.prefixes.forEach((layer, prefix) -> both.merge(layer, prefix, LayerPrefix::beside));
    Optional<int[]> shifts =
        positionShift.isPresent() && other.positionShift.isPresent()
            ? Optional.of(sum(positionShift.get(), other.positionShift.get()))
            : positionShift.or(() -> other.positionShift);
    if (inputs.isEmpty() || other.inputs.isEmpty()) {
      Injection only = inputs.isPresent() ? this : other;
      return new Injection(both, shifts, only.inputs, only.offsets);
    }
    InputVectors own = inputs.get();
    InputVectors others = other.inputs.get();
    Map<Integer, Tensor> added = new HashMap<>();
    Stream.concat(offsets.keySet().stream(), other.offsets.keySet().stream())
        .distinct()
        .forEach(layer -> added.put(layer, offsetsOf(other, layer)));
    return new Injection(both, shifts, Optional.of(own.and(others)), added);
  }

  /** A layer's offsets, {@code [N + other N, H]}; zeros where one of the two has none. */
  private Tensor offsetsOf(Injection other, int layer) {
    Tensor own = offsets.get(layer);
    Tensor others = other.offsets.get(layer);
    return Tensors.cat(
        0,
        own == null ? zeros(inputs.orElseThrow(), others) : own,
        others == null ? zeros(other.inputs.orElseThrow(), own) : others);
  }

  private static Tensor zeros(InputVectors of, Tensor like) {
    return torch.zeros_like(like.select(0, 0)).expand(of.index().length, like.size(1));
  }

  private static int[] sum(int[] one, int[] other) {
    int[] sum = one.clone();
    Arrays.setAll(sum, row -> one[row] + other[row]);
    return sum;
  }

  /** The same with other prefixes. */
  public Injection with(Map<Integer, LayerPrefix> others) {
    return new Injection(others, positionShift, inputs, offsets);
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
