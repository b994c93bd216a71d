package org.ptuning4j.backbone.transformer;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions.Layers;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Tensors;

/**
 * The layers that a pass computes.
 *
 * @param first the first of them, from 0
 * @param end the first after them that is not computed
 * @param areLast whether the last layer is among them
 * @param known what the layers before them give, {@code [B, n, H]}; empty where there are none
 */
record ComputedLayers(int first, int end, boolean areLast, Optional<Tensor> known) {

  /**
   * Checks what is asked for.
   *
   * @throws IllegalArgumentException if there are no such layers, the known states are of another
   *     batch, or the prompt changes something in the layers that are known
   */
  static ComputedLayers of(
      Layers asked, BackboneSpec spec, TokenBatch tokens, Injection injection) {
    int all = spec.layers();
    if (asked instanceof Layers.Lowest lowest) {
      requireSome(lowest.count(), all);
      return new ComputedLayers(0, lowest.count(), false, Optional.empty());
    }
    if (asked instanceof Layers.Above above) {
      requireSome(above.count(), all);
      requireKnown(above.count(), above.states(), spec, tokens, injection);
      return new ComputedLayers(above.count(), all, true, Optional.of(above.states()));
    }
    if (asked instanceof Layers.Between between) {
      requireSome(between.end(), all);
      requireSome(between.count(), between.end());
      requireKnown(between.count(), between.states(), spec, tokens, injection);
      return new ComputedLayers(
          between.count(), between.end(), false, Optional.of(between.states()));
    }
    return new ComputedLayers(0, all, true, Optional.empty());
  }

  private static void requireSome(int count, int all) {
    if (count < 1 || count >= all) {
      throw new IllegalArgumentException(
          "%d of %d layers: some are needed on both sides".formatted(count, all));
    }
  }

  private static void requireKnown(
      int count, Tensor states, BackboneSpec spec, TokenBatch tokens, Injection injection) {
    requireOf(states, spec, tokens);
    requireUntouched(count, injection);
  }

  private static void requireOf(Tensor states, BackboneSpec spec, TokenBatch tokens) {
    long[] needed = {tokens.rows(), tokens.columns(), spec.hidden()};
    long[] given = Tensors.shape(states);
    if (!Arrays.equals(needed, given)) {
      throw new IllegalArgumentException(
          "the states of the lowest layers are %s; this batch needs %s"
              .formatted(Arrays.toString(given), Arrays.toString(needed)));
    }
  }

  private static void requireUntouched(int count, Injection injection) {
    boolean touched = injection.prefixes().keySet().stream().anyMatch(layer -> layer < count);
    if (touched || injection.inputs().isPresent()) {
      throw new IllegalArgumentException(
          "a prompt at the input, or in the lowest %d layers, changes their states"
              .formatted(count));
    }
  }
}
