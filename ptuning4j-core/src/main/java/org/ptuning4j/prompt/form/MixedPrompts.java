package org.ptuning4j.prompt.form;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

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
   * @param batch the rows as they are read; the soft places of a row are those of its own prompt
   * @param rows each row's prompt, or empty for none
   * @throws IllegalArgumentException if a soft place has no vector in its row's prompt
   */
  public Injection inject(
      TokenBatch batch, List<? extends Optional<? extends TrainedPrompt>> rows) {
    List<Optional<DeepPrompt>> deep = rows.stream().map(MixedPrompts::deep).toList();
    TreeSet<Integer> layers = new TreeSet<>();
    deep.forEach(row -> row.ifPresent(prompt -> layers.addAll(prompt.layers())));
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer : layers) {
      prefixes.put(layer, uniform(deep, layer).orElseGet(() -> padded(deep, layer)));
    }
    int[] shifts = new int[rows.size()];
    for (int row = 0; row < rows.size(); row++) {
      shifts[row] = rows.get(row).map(TrainedPrompt::positionShift).orElse(0);
    }
    return withInputs(batch, rows, prefixes, shifts);
  }

  private static Optional<DeepPrompt> deep(Optional<? extends TrainedPrompt> row) {
    return row.filter(DeepPrompt.class::isInstance).map(DeepPrompt.class::cast);
  }

  /** Each row's vectors, and its offsets, at its own soft places. */
  private Injection withInputs(
      TokenBatch batch,
      List<? extends Optional<? extends TrainedPrompt>> rows,
      Map<Integer, LayerPrefix> prefixes,
      int[] shifts) {
    long[] places = batch.softPlaces();
    if (places.length == 0) {
      return Injection.deep(prefixes, Optional.of(shifts));
    }
    boolean deep = rows.stream().anyMatch(row -> offsets(row).isPresent());
    List<Tensor> vectors = new ArrayList<>();
    List<Tensor> offsets = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    byPrompt(batch, rows, places)
        .forEach(
            (prompt, taken) -> {
              SoftVectors placed = placed(prompt, batch, places, taken, deep);
              vectors.add(placed.vectors());
              placed.offsets().ifPresent(offsets::add);
              order.addAll(taken);
            });
    Tensor joined = ordered(vectors, 0, order);
    return new Injection(
        prefixes,
        Optional.of(shifts),
        Optional.of(new InputVectors(places, joined)),
        deep ? SoftVectors.byLayer(ordered(offsets, 1, order)) : Map.of());
  }

  /** Which of the places each prompt takes, by their number in {@code places}. */
  private static Map<InputPrompt, List<Integer>> byPrompt(
      TokenBatch batch, List<? extends Optional<? extends TrainedPrompt>> rows, long[] places) {
    Map<InputPrompt, List<Integer>> taken = new LinkedHashMap<>();
    for (int i = 0; i < places.length; i++) {
      Optional<? extends TrainedPrompt> row = rows.get((int) (places[i] / batch.columns()));
      if (!(row.isPresent() && row.get() instanceof InputPrompt prompt)) {
        throw new IllegalArgumentException(
            "soft token " + batch.slots()[(int) places[i]] + " stands in a row without a prompt");
      }
      taken.computeIfAbsent(prompt, key -> new ArrayList<>()).add(i);
    }
    return taken;
  }

  /** One prompt's vectors {@code [N, E]} and, if any prompt has some, offsets [L−1, N, H]. */
  private SoftVectors placed(
      InputPrompt prompt, TokenBatch batch, long[] places, List<Integer> taken, boolean deep) {
    long[] slots = taken.stream().mapToLong(i -> batch.slots()[(int) places[i]]).toArray();
    SoftVectors placed = new SoftVectors(prompt.vectors(), prompt.offsets()).at(slots, engine);
    if (!deep || placed.offsets().isPresent()) {
      return placed;
    }
    Tensor none = torch.zeros(spec.layers() - 1L, slots.length, spec.hidden());
    return new SoftVectors(placed.vectors(), Optional.of(engine.place(none, Dtype.F32)));
  }

  /** The parts joined, and put in the order of the places where prompts alternate. */
  private Tensor ordered(List<Tensor> parts, long dimension, List<Integer> order) {
    Tensor joined =
        parts.size() == 1 ? parts.get(0) : Tensors.cat(dimension, parts.toArray(Tensor[]::new));
    long[] inverse = new long[order.size()];
    boolean sorted = true;
    for (int i = 0; i < inverse.length; i++) {
      inverse[order.get(i)] = i;
      sorted &= order.get(i) == i;
    }
    if (sorted) {
      return joined;
    }
    Tensor index = engine.place(Tensors.of(inverse, inverse.length), Dtype.I64);
    return torch.index_select(joined, dimension, index);
  }

  private static Optional<Tensor> offsets(Optional<? extends TrainedPrompt> row) {
    return row.filter(InputPrompt.class::isInstance)
        .map(InputPrompt.class::cast)
        .flatMap(InputPrompt::offsets);
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
