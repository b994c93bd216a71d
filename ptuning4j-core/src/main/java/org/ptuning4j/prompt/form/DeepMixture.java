package org.ptuning4j.prompt.form;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Different deep prompts in the rows of one batch. Their keys and values are copied into one tensor
 * for all layers, one copy a row; where a row's prompt is shorter or skips a layer, the rest is
 * masked.
 */
final class DeepMixture {

  private final List<Optional<DeepPrompt>> rows;
  private final PrefixSoftmax softmax;
  private final BackboneSpec spec;
  private final Engine engine;
  private final List<Integer> layers; // those that a prompt has, ascending
  private final int longest;

  DeepMixture(
      List<Optional<DeepPrompt>> rows, PrefixSoftmax softmax, BackboneSpec spec, Engine engine) {
    this.rows = rows;
    this.softmax = softmax;
    this.spec = spec;
    this.engine = engine;
    TreeSet<Integer> all = new TreeSet<>();
    rows.forEach(row -> row.ifPresent(prompt -> all.addAll(prompt.layers())));
    this.layers = List.copyOf(all);
    this.longest = rows.stream().mapToInt(DeepMixture::length).max().orElse(0);
  }

  private static int length(Optional<DeepPrompt> prompt) {
    return prompt.map(DeepPrompt::length).orElse(0);
  }

  /** Each layer's prefix, by the layer's index. */
  Map<Integer, LayerPrefix> prefixes() {
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    if (layers.isEmpty()) {
      return prefixes;
    }
    Tensor all = areAlike() ? stacked() : padded(); // [B, 2k, K, P, d]
    Optional<Tensor> masks = isMasked() ? Optional.of(masks()) : Optional.empty(); // [k, B, P]
    for (int i = 0; i < layers.size(); i++) {
      int at = i;
      int width = longestIn(layers.get(i));
      prefixes.put(
          layers.get(i),
          new LayerPrefix(
              all.select(1, 2L * i).narrow(2, 0, width),
              all.select(1, 2L * i + 1).narrow(2, 0, width),
              masks.map(mask -> mask.select(0, at).narrow(1, 0, width))));
    }
    return prefixes;
  }

  /** Whether all prompts have the same length and layers. */
  private boolean areAlike() {
    return rows.stream()
        .allMatch(
            row ->
                row.filter(prompt -> prompt.length() == longest)
                    .filter(prompt -> prompt.layers().equals(layers))
                    .isPresent());
  }

  private boolean isMasked() {
    return !areAlike()
        || rows.stream().anyMatch(row -> row.flatMap(DeepPrompt::biases).isPresent());
  }

  private Tensor stacked() {
    return torch.stack(
        new TensorVector(
            rows.stream().map(row -> row.orElseThrow().perLayer()).toArray(Tensor[]::new)));
  }

  private Tensor padded() {
    Tensor all =
        engine.place(
            torch.zeros(
                rows.size(), 2L * layers.size(), spec.keyValueHeads(), longest, spec.headSize()),
            engine.precision().dtype());
    for (int row = 0; row < rows.size(); row++) {
      if (rows.get(row).isPresent()) {
        copy(rows.get(row).get(), all.select(0, row));
      }
    }
    return all;
  }

  /**
   * Copies a prompt to its places.
   *
   * @param target a row's, {@code [2k, K, P, d]}
   */
  private void copy(DeepPrompt prompt, Tensor target) {
    Tensor own = target.narrow(2, 0, prompt.length());
    if (prompt.layers().equals(layers)) {
      own.copy_(prompt.perLayer());
      return;
    }
    for (int i = 0; i < prompt.layers().size(); i++) {
      int at = layers.indexOf(prompt.layers().get(i));
      own.narrow(0, 2L * at, 2).copy_(prompt.perLayer().narrow(0, 2L * i, 2));
    }
  }

  /** What is added to scores, {@code [k, B, P]}: biases, and −∞ where a row has no token. */
  private Tensor masks() {
    float[] masks = new float[layers.size() * rows.size() * longest];
    for (int i = 0; i < layers.size(); i++) {
      for (int row = 0; row < rows.size(); row++) {
        int from = (i * rows.size() + row) * longest;
        int length = lengthIn(rows.get(row), layers.get(i));
        // A softmax of its own needs a token: those of a row without a prompt have values of 0.
        boolean nothing = length == 0 && softmax == PrefixSoftmax.SEPARATE;
        Arrays.fill(masks, from + length, from + longest, nothing ? 0 : Float.NEGATIVE_INFINITY);
        if (length > 0) {
          DeepPrompt prompt = rows.get(row).orElseThrow();
          prompt
              .biasValues(prompt.layers().indexOf(layers.get(i)))
              .ifPresent(own -> System.arraycopy(own, 0, masks, from, length));
        }
      }
    }
    return engine.place(
        Tensors.of(masks, layers.size(), rows.size(), longest), engine.precision().dtype());
  }

  private int longestIn(int layer) {
    return rows.stream().mapToInt(row -> lengthIn(row, layer)).max().orElse(0);
  }

  private static int lengthIn(Optional<DeepPrompt> prompt, int layer) {
    return prompt.filter(p -> p.layers().contains(layer)).map(DeepPrompt::length).orElse(0);
  }
}
