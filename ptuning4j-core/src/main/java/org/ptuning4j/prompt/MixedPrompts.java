package org.ptuning4j.prompt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.Tensors;

/**
 * Puts the trained prompts of different tasks into one batch: each row carries its own, and shorter
 * ones are padded and masked, layer by layer. A row's result is what it would be alone.
 */
public final class MixedPrompts {

  private final BackboneSpec spec;
  private final Engine engine;

  /** For batches of one backbone. */
  public MixedPrompts(BackboneSpec spec, Engine engine) {
    this.spec = spec;
    this.engine = engine;
  }

  /**
   * The injection of a batch.
   *
   * @param rows each row's prompt, or empty for none
   */
  public Injection inject(List<Optional<DeepPrompt>> rows) {
    TreeSet<Integer> layers = new TreeSet<>();
    int[] shifts = new int[rows.size()];
    for (int row = 0; row < rows.size(); row++) {
      if (rows.get(row).isPresent()) {
        DeepPrompt prompt = rows.get(row).get();
        layers.addAll(prompt.layers());
        shifts[row] = prompt.positions().shift(prompt.length());
      }
    }
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer : layers) {
      prefixes.put(layer, uniform(rows, layer).orElseGet(() -> padded(rows, layer)));
    }
    return new Injection(prefixes, Optional.of(shifts));
  }

  /** The common case, one prompt for all rows: nothing is copied. */
  private Optional<LayerPrefix> uniform(List<Optional<DeepPrompt>> rows, int layer) {
    Optional<DeepPrompt> first = rows.get(0);
    if (first.isEmpty() || !rows.stream().allMatch(first::equals)) {
      return Optional.empty();
    }
    int at = first.get().layers().indexOf(layer);
    return Optional.of(
        LayerPrefix.of(
            repeated(first.get().part(at, 0), rows.size()),
            repeated(first.get().part(at, 1), rows.size())));
  }

  private static Tensor repeated(Tensor part, int rows) {
    return part.unsqueeze(0).expand(rows, part.size(0), part.size(1), part.size(2));
  }

  private LayerPrefix padded(List<Optional<DeepPrompt>> rows, int layer) {
    int longest = rows.stream().mapToInt(row -> lengthIn(row, layer)).max().orElse(0);
    List<Tensor> keys = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    float[] mask = new float[rows.size() * longest];
    for (int row = 0; row < rows.size(); row++) {
      int length = lengthIn(rows.get(row), layer);
      keys.add(part(rows.get(row), layer, 0, longest));
      values.add(part(rows.get(row), layer, 1, longest));
      for (int column = length; column < longest; column++) {
        mask[row * longest + column] = Float.NEGATIVE_INFINITY;
      }
    }
    Tensor placed =
        engine.place(Tensors.of(mask, rows.size(), longest), engine.precision().dtype());
    return new LayerPrefix(stack(keys), stack(values), Optional.of(placed));
  }

  private static int lengthIn(Optional<DeepPrompt> prompt, int layer) {
    return prompt.filter(p -> p.layers().contains(layer)).map(DeepPrompt::length).orElse(0);
  }

  /** One row's key or value, {@code [K, P, d]}, filled with zeros up to the longest. */
  private Tensor part(Optional<DeepPrompt> prompt, int layer, int part, int longest) {
    int length = lengthIn(prompt, layer);
    Tensor filler =
        engine.place(
            torch.zeros(spec.keyValueHeads(), longest - length, spec.headSize()),
            engine.precision().dtype());
    if (length == 0) {
      return filler;
    }
    DeepPrompt present = prompt.orElseThrow();
    return Tensors.cat(1, present.part(present.layers().indexOf(layer), part), filler);
  }

  private static Tensor stack(List<Tensor> tensors) {
    return torch.stack(new TensorVector(tensors.toArray(Tensor[]::new)));
  }
}
