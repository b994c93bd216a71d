package org.ptuning4j.pack.foreign;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.UnexpectedTensors;

/**
 * A head that another program saved, under a pack's names.
 *
 * @param input what it reads of a text; empty for heads that do not read it as a whole
 * @param last the layer whose outputs are the head's
 * @param outputs the number of its outputs; 0 where it has no weights
 * @param tensors by a pack's names, fp32
 */
record ForeignHead(
    Optional<SequenceInput> input, String last, int outputs, Map<String, Tensor> tensors) {

  private static final String CLASSIFIER = "classifier";
  private static final String SCORE = "score";
  private static final String SPAN = "qa_outputs";
  private static final String POOLER_ACTIVATION = "pooler_hidden_act";

  /**
   * Finds the head among the tensors beside a prompt.
   *
   * @throws InvalidInputException if there is none, it is none that a model of this family has, or
   *     there are tensors that belong to no head
   */
  static ForeignHead of(
      ForeignPrompt prompt, Map<String, Tensor> found, BackboneSpec spec, ModelConfig config) {
    return switch (prompt.outputs()) {
      case SEQUENCE, CHOICE -> sequence(prompt, found, spec, config);
      case TOKENS -> tokens(prompt, found, spec);
      case SPAN -> linear(SPAN, SPAN, true, prompt, found);
      case TEXT -> nothing(prompt, found);
    };
  }

  private static ForeignHead nothing(ForeignPrompt prompt, Map<String, Tensor> found) {
    UnexpectedTensors.refuse(prompt.name(), found.keySet(), Set.of());
    return new ForeignHead(Optional.empty(), "", 0, Map.of());
  }

  private static ForeignHead tokens(
      ForeignPrompt prompt, Map<String, Tensor> found, BackboneSpec spec) {
    if (spec.modelType().equals("modernbert")) {
      throw InvalidInputException.of(
          "%s: token classifiers of ModernBERT put each token through further layers, which a pack"
              + " does not have",
          prompt.name());
    }
    boolean score = found.containsKey(SCORE + ".weight");
    return linear(score ? SCORE : CLASSIFIER, CLASSIFIER, true, prompt, found);
  }

  /** One linear layer. */
  private static ForeignHead linear(
      String theirs, String ours, boolean biased, ForeignPrompt prompt, Map<String, Tensor> found) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    put(theirs, ours, biased, prompt, found, tensors);
    UnexpectedTensors.refuse(
        prompt.name(), found.keySet(), Set.of(theirs + ".weight", theirs + ".bias"));
    return new ForeignHead(Optional.empty(), ours, outputs(ours, tensors), tensors);
  }

  private static ForeignHead sequence(
      ForeignPrompt prompt, Map<String, Tensor> found, BackboneSpec spec, ModelConfig config) {
    List<HeadLayout> known = HeadLayout.of(prompt.layouts(), spec.modelType());
    if (known.isEmpty()) {
      throw InvalidInputException.of(
          "%s: what a classifier of model type '%s' computes is not known here; known are %s",
          prompt.name(),
          spec.modelType(),
          prompt.layouts().stream()
              .flatMap(layout -> layout.modelTypes().stream())
              .distinct()
              .sorted()
              .collect(Collectors.joining(", ")));
    }
    HeadLayout layout =
        known.stream()
            .filter(each -> each.isIn(found.keySet()))
            .filter(each -> each.input() != SequenceInput.POOLER || spec.hasPooler())
            .findFirst()
            .orElseThrow(() -> incomplete(prompt, known, found.keySet(), spec));
    requireActivation(layout, config);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    layout
        .layers()
        .forEach((ours, theirs) -> put(theirs, ours, layout.biased(), prompt, found, tensors));
    UnexpectedTensors.refuse(prompt.name(), found.keySet(), layout.tensors());
    String last = layout.layers().containsKey(CLASSIFIER) ? CLASSIFIER : CLASSIFIER + ".out_proj";
    return new ForeignHead(Optional.of(layout.input()), last, outputs(last, tensors), tensors);
  }

  private static InvalidInputException incomplete(
      ForeignPrompt prompt, List<HeadLayout> known, Set<String> found, BackboneSpec spec) {
    String needed =
        known.stream()
            .map(layout -> String.join(", ", layout.tensors()))
            .distinct()
            .collect(Collectors.joining("; or "));
    boolean pooler = !spec.hasPooler() && known.stream().anyMatch(each -> each.isIn(found));
    return InvalidInputException.of(
        "%s: %s; a classifier of model type '%s' has %s, and there are %s. Name a file that has"
            + " them in the setting head-tensors",
        prompt.name(),
        pooler
            ? "its classifier reads a pooler, and neither the files nor the model have one (PEFT"
                + " does not save it, so that it is drawn at random whenever the model is loaded)"
            : "the head is not complete",
        spec.modelType(),
        needed,
        found.isEmpty() ? "none" : String.join(", ", found));
  }

  /** Heads with a GELU in them follow the configuration in DeBERTa's families. */
  private static void requireActivation(HeadLayout layout, ModelConfig config) {
    String activation = config.text(POOLER_ACTIVATION).orElse("gelu");
    if (layout.layers().containsValue("pooler.dense")
        && layout.input() == SequenceInput.DENSE_GELU
        && !activation.equals("gelu")) {
      throw config.unsupported(POOLER_ACTIVATION, activation, "gelu");
    }
  }

  private static void put(
      String theirs,
      String ours,
      boolean biased,
      ForeignPrompt prompt,
      Map<String, Tensor> found,
      Map<String, Tensor> tensors) {
    Tensor weight = found.get(theirs + ".weight");
    Tensor bias = found.get(theirs + ".bias");
    if (weight == null || weight.dim() != 2 || (biased && bias == null)) {
      throw InvalidInputException.of(
          "%s: %s.weight%s of a head is missing or no matrix; there are %s",
          prompt.name(),
          theirs,
          biased ? " or " + theirs + ".bias" : "",
          found.isEmpty() ? "no tensors beside the prompt's" : String.join(", ", found.keySet()));
    }
    tensors.put(ours + ".weight", fp32(weight));
    tensors.put(
        ours + ".bias",
        biased ? fp32(bias) : torch.zeros(weight.size(0)).to(Dtype.F32.scalarType()));
  }

  private static Tensor fp32(Tensor tensor) {
    return tensor.to(Dtype.F32.scalarType());
  }

  private static int outputs(String layer, Map<String, Tensor> tensors) {
    return Math.toIntExact(tensors.get(layer + ".weight").size(0));
  }

  /** The same head with its outputs in another order. */
  ForeignHead reordered(List<Integer> order) {
    long[] index = order.stream().mapToLong(Integer::longValue).toArray();
    Map<String, Tensor> moved = new LinkedHashMap<>(tensors);
    for (String name : List.of(last + ".weight", last + ".bias")) {
      moved.put(name, torch.index_select(tensors.get(name), 0, Tensors.of(index, index.length)));
    }
    return new ForeignHead(input, last, outputs, moved);
  }
}
