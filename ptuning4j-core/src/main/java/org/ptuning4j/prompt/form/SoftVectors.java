package org.ptuning4j.prompt.form;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * P vectors and perhaps their offsets, as they stand at the soft places of a batch: each place
 * takes the vector of its slot, so that one vector may stand in many rows.
 *
 * @param vectors {@code [P, E]}
 * @param offsets {@code [L−1, P, H]} for the layers after the first, or empty
 */
public record SoftVectors(Tensor vectors, Optional<Tensor> offsets) {

  /**
   * What they add to a batch; gradients flow back.
   *
   * @throws IllegalArgumentException if the batch has no soft places, or a slot lies outside 0 …
   *     P−1
   */
  public Injection inject(TokenBatch batch, Engine engine) {
    long[] places = batch.softPlaces();
    if (places.length == 0) {
      throw new IllegalArgumentException(
          "a prompt of " + vectors.size(0) + " soft tokens has no place in this batch");
    }
    long[] slots = Arrays.stream(places).map(place -> batch.slots()[(int) place]).toArray();
    SoftVectors placed = at(slots, engine);
    return new Injection(
        Map.of(),
        Optional.empty(),
        Optional.of(new InputVectors(places, placed.vectors)),
        placed.offsets.map(SoftVectors::byLayer).orElse(Map.of()));
  }

  /**
   * The vectors {@code [N, E]} and offsets {@code [L−1, N, H]} of N slots.
   *
   * @throws IllegalArgumentException if a slot lies outside 0 … P−1
   */
  public SoftVectors at(long[] slots, Engine engine) {
    for (long slot : slots) {
      if (slot < 0 || slot >= vectors.size(0)) {
        throw new IllegalArgumentException(
            "soft token " + slot + " has no vector in a prompt of " + vectors.size(0));
      }
    }
    Tensor index = engine.place(Tensors.of(slots, slots.length), Dtype.I64);
    return new SoftVectors(
        torch.index_select(vectors, 0, index),
        offsets.map(found -> torch.index_select(found, 1, index)));
  }

  /** {@code [L−1, N, H]} as a map from the layer's index, 1 … L−1, to {@code [N, H]}. */
  public static Map<Integer, Tensor> byLayer(Tensor offsets) {
    Map<Integer, Tensor> byLayer = new HashMap<>();
    for (int layer = 1; layer <= offsets.size(0); layer++) {
      byLayer.put(layer, offsets.select(0, layer - 1L));
    }
    return byLayer;
  }
}
