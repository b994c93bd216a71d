package org.ptuning4j.prompt.form;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** The form {@code deep}: keys and values of layers. */
final class DeepPromptForm implements PromptForm<DeepPrompt> {

  static final String LAYERS = "layers";
  static final String POSITIONS = "positions";

  @Override
  public String name() {
    return "deep";
  }

  @Override
  public String content() {
    return "keys and values in layers";
  }

  @Override
  public Class<DeepPrompt> type() {
    return DeepPrompt.class;
  }

  @Override
  public Set<String> tensorNames() {
    return Set.of(DeepPrompt.MATRIX, DeepPrompt.BIASES);
  }

  @Override
  public int softTokensBeforeText(Fields description) {
    return 0;
  }

  @Override
  public void check(Fields description, Map<String, List<Long>> shapes) {
    int[] layers = description.integers(LAYERS);
    PositionConvention.parse(description.text(POSITIONS));
    int before = 0;
    for (int layer : layers) {
      if (layer <= before) {
        throw InvalidInputException.of(
            "%s: %s; different layers from 1, in ascending order, are expected",
            description.path(LAYERS), Arrays.toString(layers));
      }
      before = layer;
    }
    PromptForms.requireRows(DeepPrompt.MATRIX, description, shapes);
    if (shapes.containsKey(DeepPrompt.BIASES)) {
      PromptForms.requireRows(DeepPrompt.BIASES, description, shapes);
    }
  }

  @Override
  public DeepPrompt read(
      Fields description, Map<String, Tensor> tensors, BackboneSpec spec, Engine engine) {
    return DeepPrompt.of(
        tensors.get(DeepPrompt.MATRIX),
        Optional.ofNullable(tensors.get(DeepPrompt.BIASES)),
        Arrays.stream(description.integers(LAYERS)).map(layer -> layer - 1).boxed().toList(),
        PositionConvention.parse(description.text(POSITIONS)),
        spec,
        engine);
  }

  /**
   * Each layer's prefixes, for rows of different prompts: shorter ones are filled up and masked,
   * layer by layer.
   */
  @Override
  public Injection inject(
      TokenBatch batch, List<Optional<DeepPrompt>> rows, BackboneSpec spec, Engine engine) {
    TreeSet<Integer> layers = new TreeSet<>();
    rows.forEach(row -> row.ifPresent(prompt -> layers.addAll(prompt.layers())));
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer : layers) {
      prefixes.put(
          layer, uniform(rows, layer, engine).orElseGet(() -> padded(rows, layer, spec, engine)));
    }
    int[] shifts =
        rows.stream().mapToInt(row -> row.map(DeepPrompt::positionShift).orElse(0)).toArray();
    return Injection.deep(prefixes, Optional.of(shifts));
  }

  /** The common case, one prompt for all rows: nothing is copied. */
  private static Optional<LayerPrefix> uniform(
      List<Optional<DeepPrompt>> rows, int layer, Engine engine) {
    Optional<DeepPrompt> first = rows.get(0);
    if (first.isEmpty() || !rows.stream().allMatch(first::equals)) {
      return Optional.empty();
    }
    DeepPrompt prompt = first.get();
    int at = prompt.layers().indexOf(layer);
    return Optional.of(
        new LayerPrefix(
            repeated(prompt.part(at, 0), rows.size()),
            repeated(prompt.part(at, 1), rows.size()),
            prompt
                .biases()
                .map(biases -> engine.place(biases.select(1, at), engine.precision().dtype()))
                .map(bias -> bias.unsqueeze(0).expand(rows.size(), prompt.length()))));
  }

  private static Tensor repeated(Tensor part, int rows) {
    return part.unsqueeze(0).expand(rows, part.size(0), part.size(1), part.size(2));
  }

  private static LayerPrefix padded(
      List<Optional<DeepPrompt>> rows, int layer, BackboneSpec spec, Engine engine) {
    int longest = rows.stream().mapToInt(row -> lengthIn(row, layer)).max().orElse(0);
    List<Tensor> keys = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    List<Tensor> masks = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      int length = lengthIn(rows.get(row), layer);
      Tensor filler =
          engine.place(
              torch.zeros(spec.keyValueHeads(), longest - length, spec.headSize()),
              engine.precision().dtype());
      keys.add(part(rows.get(row), layer, 0, filler));
      values.add(part(rows.get(row), layer, 1, filler));
      masks.add(mask(rows.get(row), layer, longest));
    }
    Tensor placed = engine.place(stack(masks), engine.precision().dtype());
    return new LayerPrefix(stack(keys), stack(values), Optional.of(placed));
  }

  /** What is added to one row's scores, {@code [longest]}: biases, and −∞ where it has no token. */
  private static Tensor mask(Optional<DeepPrompt> prompt, int layer, int longest) {
    float[] mask = new float[longest];
    int length = lengthIn(prompt, layer);
    Arrays.fill(mask, length, longest, Float.NEGATIVE_INFINITY);
    if (length > 0) {
      DeepPrompt present = prompt.orElseThrow();
      int at = present.layers().indexOf(layer);
      present
          .biases()
          .map(biases -> Tensors.floats(biases.select(1, at)))
          .ifPresent(own -> System.arraycopy(own, 0, mask, 0, length));
    }
    return Tensors.of(mask, longest);
  }

  private static int lengthIn(Optional<DeepPrompt> prompt, int layer) {
    return prompt.filter(p -> p.layers().contains(layer)).map(DeepPrompt::length).orElse(0);
  }

  /** One row's key or value, {@code [K, P, d]}, filled up to the longest. */
  private static Tensor part(Optional<DeepPrompt> prompt, int layer, int part, Tensor filler) {
    if (lengthIn(prompt, layer) == 0) {
      return filler;
    }
    DeepPrompt present = prompt.orElseThrow();
    return Tensors.cat(1, present.part(present.layers().indexOf(layer), part), filler);
  }

  private static Tensor stack(List<Tensor> tensors) {
    return torch.stack(new TensorVector(tensors.toArray(Tensor[]::new)));
  }
}
