package org.ptuning4j.prompt.form;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.engine.Engine;

/** The forms {@code deep} and {@code deep-separate}: keys and values of layers. */
final class DeepPromptForm implements PromptForm<DeepPrompt> {

  static final String LAYERS = "layers";
  static final String POSITIONS = "positions";

  private final PrefixSoftmax softmax;

  DeepPromptForm(PrefixSoftmax softmax) {
    this.softmax = softmax;
  }

  /** Forms of their own, so that no earlier version reads one as the other. */
  @Override
  public String name() {
    return softmax == PrefixSoftmax.SEPARATE ? "deep-separate" : "deep";
  }

  @Override
  public String content() {
    return "keys and values in layers";
  }

  @Override
  public Optional<DeepPrompt> cast(TrainedPrompt prompt) {
    return PromptForm.super.cast(prompt).filter(deep -> deep.softmax() == softmax);
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
        softmax,
        spec,
        engine);
  }

  @Override
  public DeepPrompt readToServe(
      Fields description, Map<String, Tensor> tensors, BackboneSpec spec, Engine engine) {
    return DeepPrompt.toServe(
        tensors.get(DeepPrompt.MATRIX),
        Optional.ofNullable(tensors.get(DeepPrompt.BIASES)),
        Arrays.stream(description.integers(LAYERS)).map(layer -> layer - 1).boxed().toList(),
        PositionConvention.parse(description.text(POSITIONS)),
        softmax,
        spec,
        engine);
  }

  /** Each layer's prefixes; rows may have different prompts. */
  @Override
  public Injection inject(
      TokenBatch batch, List<Optional<DeepPrompt>> rows, BackboneSpec spec, Engine engine) {
    Optional<DeepPrompt> first = rows.get(0);
    boolean one = first.isPresent() && rows.stream().allMatch(first::equals);
    Map<Integer, LayerPrefix> prefixes =
        one
            ? repeated(first.get(), rows.size())
            : new DeepMixture(rows, softmax, spec, engine).prefixes();
    if (softmax == PrefixSoftmax.SEPARATE) {
      prefixes.replaceAll((layer, prefix) -> prefix.asSeparate());
    }
    int[] shifts =
        rows.stream().mapToInt(row -> row.map(DeepPrompt::positionShift).orElse(0)).toArray();
    return Injection.deep(prefixes, Optional.of(shifts));
  }

  /** The common case, one prompt for all rows: nothing is copied. */
  private static Map<Integer, LayerPrefix> repeated(DeepPrompt prompt, int rows) {
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int i = 0; i < prompt.layers().size(); i++) {
      prefixes.put(
          prompt.layers().get(i),
          new LayerPrefix(
              repeated(prompt.part(i, 0), rows),
              repeated(prompt.part(i, 1), rows),
              prompt.placedBiases(i).map(bias -> bias.unsqueeze(0).expand(rows, prompt.length()))));
    }
    return prefixes;
  }

  private static Tensor repeated(Tensor part, int rows) {
    return part.unsqueeze(0).expand(rows, part.size(0), part.size(1), part.size(2));
  }
}
