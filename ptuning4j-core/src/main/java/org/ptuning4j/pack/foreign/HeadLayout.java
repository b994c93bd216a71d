package org.ptuning4j.pack.foreign;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.head.SequenceInput;

/**
 * How the classifiers of transformers' name and compute what a linear head over whole sequences is
 * here.
 *
 * @param modelTypes the families whose classifiers are so
 * @param input what the head reads
 * @param layers a pack's names of its layers, each with transformers'
 * @param biased whether the last layer has a bias
 */
public record HeadLayout(
    Set<String> modelTypes, SequenceInput input, Map<String, String> layers, boolean biased) {

  private static final String CLASSIFIER = "classifier";
  private static final String DENSE = "classifier.dense";
  private static final String OUT = "classifier.out_proj";
  private static final String POOLER = "pooler.dense";

  private static final Set<String> POOLED = Set.of("bert", "albert");
  private static final Set<String> ROBERTA = Set.of("roberta", "xlm-roberta", "camembert");
  private static final Set<String> DEBERTA = Set.of("deberta", "deberta-v2");
  private static final Set<String> DECODERS =
      Set.of("gpt2", "llama", "mistral", "qwen2", "qwen3", "gemma3_text");

  /** The layouts of transformers' own classifiers, the more particular ones first. */
  public static List<HeadLayout> transformers() {
    return List.of(
        named(Set.of("roberta", "xlm-roberta", "camembert", "mpnet"), SequenceInput.DENSE),
        named(Set.of("electra"), SequenceInput.DENSE_GELU),
        dense(Set.of("distilbert"), SequenceInput.DENSE_RELU, "pre_classifier"),
        dense(DEBERTA, SequenceInput.DENSE_GELU, POOLER),
        dense(Set.of("bert"), SequenceInput.DENSE, "bert.pooler.dense"),
        dense(Set.of("albert"), SequenceInput.DENSE, "albert.pooler"),
        plain(DEBERTA, SequenceInput.POOLER),
        plain(POOLED, SequenceInput.POOLER),
        plain(Set.of("modernbert"), SequenceInput.POOLER),
        new HeadLayout(DECODERS, SequenceInput.LAST_TOKEN, Map.of(CLASSIFIER, "score"), false));
  }

  /** The layouts of P-Tuning v2's models: all of them read the pooler. */
  public static List<HeadLayout> pTuningV2() {
    return List.of(
        dense(DEBERTA, SequenceInput.DENSE_GELU, POOLER),
        dense(POOLED, SequenceInput.DENSE, POOLER),
        dense(ROBERTA, SequenceInput.DENSE, POOLER),
        plain(DEBERTA, SequenceInput.POOLER),
        plain(POOLED, SequenceInput.POOLER),
        plain(ROBERTA, SequenceInput.POOLER));
  }

  private static HeadLayout plain(Set<String> modelTypes, SequenceInput input) {
    return new HeadLayout(modelTypes, input, Map.of(CLASSIFIER, CLASSIFIER), true);
  }

  private static HeadLayout named(Set<String> modelTypes, SequenceInput input) {
    return new HeadLayout(modelTypes, input, layers(DENSE, OUT), true);
  }

  private static HeadLayout dense(Set<String> modelTypes, SequenceInput input, String dense) {
    return new HeadLayout(modelTypes, input, layers(dense, CLASSIFIER), true);
  }

  private static Map<String, String> layers(String dense, String out) {
    Map<String, String> layers = new LinkedHashMap<>();
    layers.put(DENSE, dense);
    layers.put(OUT, out);
    return layers;
  }

  /** The layouts that a family has. */
  public static List<HeadLayout> of(List<HeadLayout> layouts, String modelType) {
    return layouts.stream().filter(layout -> layout.modelTypes().contains(modelType)).toList();
  }

  /** The layout with which a family's classifiers read an input, if any do. */
  public static Optional<HeadLayout> of(
      List<HeadLayout> layouts, String modelType, SequenceInput input) {
    return of(layouts, modelType).stream().filter(layout -> layout.input() == input).findFirst();
  }

  /** Whether all its tensors are there. */
  boolean isIn(Set<String> names) {
    return names.containsAll(tensors());
  }

  /** The names of its tensors as transformers has them. */
  public List<String> tensors() {
    List<String> tensors = new ArrayList<>();
    layers
        .values()
        .forEach(
            layer -> {
              tensors.add(layer + ".weight");
              if (biased) {
                tensors.add(layer + ".bias");
              }
            });
    return tensors;
  }
}
