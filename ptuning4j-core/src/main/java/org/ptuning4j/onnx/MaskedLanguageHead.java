package org.ptuning4j.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A head that scores words at places, as checkpoints of the family have it.
 *
 * @param weights its weights, by the names that checkpoints have
 * @param tied whether its output matrix is the word embeddings, and is not among the weights
 */
record MaskedLanguageHead(Map<String, ExportedWeight> weights, boolean tied) {

  /**
   * How a family calls the parts.
   *
   * @param architecture the whole model, as config.json names it
   * @param dense the first map
   * @param norm what follows it
   * @param decoder the map to words
   * @param bias the bias of that map, if it is not called as the map is
   */
  private record Names(
      String architecture, String dense, String norm, String decoder, String bias) {}

  private static final Map<String, Names> NAMES =
      Map.of(
          "bert",
          new Names(
              "BertForMaskedLM",
              "cls.predictions.transform.dense",
              "cls.predictions.transform.LayerNorm",
              "cls.predictions.decoder",
              "cls.predictions.bias"),
          "roberta",
          new Names(
              "RobertaForMaskedLM",
              "lm_head.dense",
              "lm_head.layer_norm",
              "lm_head.decoder",
              "lm_head.bias"),
          "distilbert",
          new Names(
              "DistilBertForMaskedLM",
              "vocab_transform",
              "vocab_layer_norm",
              "vocab_projector",
              "vocab_projector.bias"));

  /** Whether a constant is called as some family's map to words is, whatever comes before. */
  static boolean isOutputMatrix(String name) {
    return NAMES.values().stream()
        .map(names -> names.decoder() + ".weight")
        .anyMatch(matrix -> name.equals(matrix) || name.endsWith("." + matrix));
  }

  /** The model with its head, as config.json names it. */
  static String architecture(String modelType) {
    return NAMES.get(modelType).architecture();
  }

  /**
   * What the encoder says of the head.
   *
   * @param modelType the family
   * @param root what comes before the names of heads
   * @param activation what the family has between the first map and the norm
   * @param epsilon the norm's
   * @param words the word embeddings
   */
  record Expected(
      String modelType, String root, String activation, double epsilon, ExportedWeight words) {}

  /** The head; empty where there is none, or not all of it, or it computes otherwise. */
  static Optional<MaskedLanguageHead> find(
      OnnxGraph graph, EncoderNumbers numbers, Expected expected) {
    Names names = NAMES.get(expected.modelType());
    String root = expected.root();
    Optional<LinearMap> dense = LinearMap.ofBias(graph, root + names.dense() + ".bias");
    Optional<String> bias =
        List.of(names.bias(), names.decoder() + ".bias").stream()
            .map(name -> root + name)
            .filter(name -> graph.constant(name).isPresent())
            .findFirst();
    Optional<LinearMap> decoder = bias.flatMap(name -> LinearMap.ofBias(graph, name));
    String norm = root + names.norm();
    boolean whole =
        dense.isPresent()
            && decoder.isPresent()
            && graph.constant(norm + ".weight").isPresent()
            && computes(numbers, dense.get(), norm + ".bias", expected);
    if (!whole) {
      return Optional.empty();
    }
    Map<String, ExportedWeight> weights = new LinkedHashMap<>();
    weights.put(names.dense() + ".weight", ExportedWeight.of(dense.get()));
    weights.put(names.dense() + ".bias", constant(graph, root + names.dense() + ".bias"));
    weights.put(names.norm() + ".weight", constant(graph, norm + ".weight"));
    weights.put(names.norm() + ".bias", constant(graph, norm + ".bias"));
    weights.put(names.bias(), constant(graph, bias.get()));
    ExportedWeight matrix = ExportedWeight.of(decoder.get());
    boolean tied = matrix.equalTo(expected.words());
    if (!tied) {
      weights.put(names.decoder() + ".weight", matrix);
    }
    return fits(weights, matrix, names, expected.words())
        ? Optional.of(new MaskedLanguageHead(weights, tied))
        : Optional.empty();
  }

  private static ExportedWeight constant(OnnxGraph graph, String name) {
    return new ExportedWeight(graph.constant(name).orElseThrow(), false);
  }

  private static boolean computes(
      EncoderNumbers numbers, LinearMap dense, String normBias, Expected expected) {
    return numbers
        .normOf(normBias)
        .filter(norm -> Math.abs(norm.epsilon() / expected.epsilon() - 1) < 1e-3)
        .flatMap(norm -> numbers.knownActivation(dense.output(), norm.input()))
        .filter(expected.activation()::equals)
        .isPresent();
  }

  /** Whether it belongs to these words, and all of it is floating-point. */
  private static boolean fits(
      Map<String, ExportedWeight> weights,
      ExportedWeight matrix,
      Names names,
      ExportedWeight words) {
    long vocabulary = words.shape().get(0);
    long width = words.shape().get(1);
    List<Long> vector = List.of(width);
    Map<String, List<Long>> shapes =
        Map.of(
            names.dense() + ".weight",
            List.of(width, width),
            names.dense() + ".bias",
            vector,
            names.norm() + ".weight",
            vector,
            names.norm() + ".bias",
            vector,
            names.bias(),
            List.of(vocabulary));
    return matrix.shape().equals(words.shape())
        && weights.values().stream().allMatch(weight -> weight.constant().isWeight())
        && shapes.entrySet().stream()
            .allMatch(each -> weights.get(each.getKey()).shape().equals(each.getValue()));
  }
}
