package org.ptuning4j.pack.peft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.foreign.HeadLayout;
import org.ptuning4j.pack.foreign.OutputKind;

/**
 * A pack's head as transformers' model of the family has it.
 *
 * @param tensors by the model's names
 * @param modules the modules that PEFT is to save and load with the prompt
 */
record PeftHead(Map<String, Tensor> tensors, List<String> modules) {

  private static final List<String> CLASSIFIERS = List.of("classifier", "score");

  /** Decoders whose token classifiers have a name of their own. */
  private static final Set<String> SCORED =
      Set.of("llama", "mistral", "qwen2", "qwen3", "gemma3_text");

  /**
   * The head.
   *
   * @param head what the pack says of it
   * @param saved its tensors by the pack's names
   * @throws InvalidInputException if the family's models have another
   */
  static PeftHead of(
      OutputKind outputs, Fields head, Map<String, Tensor> saved, BackboneSpec spec) {
    return switch (outputs) {
      case SEQUENCE -> sequence(head, saved, spec);
      case TOKENS -> tokens(saved, spec);
      case SPAN -> new PeftHead(new LinkedHashMap<>(saved), List.of("qa_outputs"));
      case TEXT -> new PeftHead(Map.of(), List.of());
      case CHOICE ->
          throw new InvalidInputException(
              "PEFT cannot hold this pack: it has no task type for a choice of candidates");
    };
  }

  private static PeftHead sequence(Fields head, Map<String, Tensor> saved, BackboneSpec spec) {
    SequenceInput input = SequenceInput.parse(head.text("input"));
    HeadLayout layout =
        HeadLayout.of(HeadLayout.transformers(), spec.modelType(), input)
            .orElseThrow(() -> otherHead(input, spec));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    layout
        .layers()
        .forEach(
            (ours, theirs) -> {
              tensors.put(theirs + ".weight", saved.get(ours + ".weight"));
              Tensor bias = saved.get(ours + ".bias");
              if (layout.biased()) {
                tensors.put(theirs + ".bias", bias);
              } else if (bias.count_nonzero().item_long() > 0) {
                throw InvalidInputException.of(
                    "PEFT cannot hold this pack: its head has a bias, and the classifiers of model"
                        + " type '%s' have none",
                    spec.modelType());
              }
            });
    return new PeftHead(tensors, CLASSIFIERS);
  }

  private static InvalidInputException otherHead(SequenceInput input, BackboneSpec spec) {
    List<String> inputs =
        HeadLayout.of(HeadLayout.transformers(), spec.modelType()).stream()
            .map(layout -> layout.input().label())
            .toList();
    return InvalidInputException.of(
        "PEFT cannot hold this pack: its head is of the kind '%s', and %s",
        input.label(),
        inputs.isEmpty()
            ? "what a classifier of model type '" + spec.modelType() + "' computes is not known"
            : "the classifiers of model type '"
                + spec.modelType()
                + "' are "
                + String.join(" or ", inputs)
                + "; train with that head");
  }

  private static PeftHead tokens(Map<String, Tensor> saved, BackboneSpec spec) {
    if (spec.modelType().equals("modernbert")) {
      throw new InvalidInputException(
          "PEFT cannot hold this pack: token classifiers of ModernBERT have further layers");
    }
    String layer = SCORED.contains(spec.modelType()) ? "score" : "classifier";
    return new PeftHead(
        Map.of(
            layer + ".weight",
            saved.get("classifier.weight"),
            layer + ".bias",
            saved.get("classifier.bias")),
        CLASSIFIERS);
  }
}
