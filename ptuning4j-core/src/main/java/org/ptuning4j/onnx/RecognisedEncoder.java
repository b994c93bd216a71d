package org.ptuning4j.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.Quoted;

/**
 * A graph recognised as a BERT, a RoBERTa or a DistilBERT: its weights by name, and its numbers.
 */
final class RecognisedEncoder {

  private final OnnxGraph graph;
  private final EncoderLayout layout;
  private final String prefix;
  private final EncoderNumbers numbers;
  private final KnownNumbers known;
  private final Map<String, ExportedWeight> weights = new LinkedHashMap<>();
  private final int layers;
  private final OptionalLong counted;
  private final int heads;
  private final String activation;
  private final double epsilon;
  private final Optional<MaskedLanguageHead> head;

  private RecognisedEncoder(OnnxGraph graph, EncoderLayout layout, String prefix) {
    this.graph = graph;
    this.layout = layout;
    this.prefix = prefix;
    this.known = new KnownNumbers(graph);
    this.numbers = new EncoderNumbers(graph, known);
    this.layers = countLayers();
    collect();
    checkShapes();
    refuseUnknown();
    this.counted = new PositionCount(graph, known).padding(prefix + EncoderLayout.POSITIONS);
    this.heads = countHeads();
    this.activation = readActivation();
    this.epsilon = readEpsilon();
    checkFamily();
    checkScores();
    this.head = MaskedLanguageHead.find(graph, numbers, expectedHead());
  }

  /**
   * Recognises a graph.
   *
   * @throws InvalidInputException if it is none of these; the message says what is missing or odd
   */
  static RecognisedEncoder of(OnnxGraph graph) {
    String table = EncoderLayout.POSITIONS;
    List<String> prefixes =
        graph.constantNames().stream()
            .filter(name -> name.equals(table) || name.endsWith("." + table))
            .map(name -> name.substring(0, name.length() - table.length()))
            .filter(prefix -> words(graph, prefix).isPresent())
            .toList();
    if (prefixes.size() != 1) {
      throw InvalidInputException.of(
          "%s: %d constants are called %s; a BERT, RoBERTa or DistilBERT that was exported with the"
              + " names of its weights has one",
          graph.file(), prefixes.size(), EncoderLayout.WORDS);
    }
    String prefix = prefixes.get(0);
    EncoderLayout layout =
        List.of(EncoderLayout.BERT, EncoderLayout.DISTILBERT).stream()
            .filter(each -> hasLayer(graph, each, prefix, 0))
            .findFirst()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "%s: there is no bias called %s%s%s.bias, as in a BERT or RoBERTa, nor"
                            + " %s%s%s.bias, as in a DistilBERT",
                        graph.file(),
                        prefix,
                        EncoderLayout.BERT.layer(0),
                        EncoderLayout.BERT.query(),
                        prefix,
                        EncoderLayout.DISTILBERT.layer(0),
                        EncoderLayout.DISTILBERT.query()));
    return new RecognisedEncoder(graph, layout, prefix);
  }

  /**
   * What the word embeddings are called: as usual, or by the name of the head's output matrix,
   * which newer exporters give them where the two are one.
   */
  private static Optional<String> words(OnnxGraph graph, String prefix) {
    String usual = prefix + EncoderLayout.WORDS;
    return graph.constant(usual).isPresent()
        ? Optional.of(usual)
        : graph.constantNames().stream()
            .filter(MaskedLanguageHead::isOutputMatrix)
            .filter(
                name ->
                    graph
                        .consumer(name, "Gather")
                        .filter(node -> node.getInput(0).equals(name))
                        .isPresent())
            .findFirst();
  }

  private static boolean hasLayer(
      OnnxGraph graph, EncoderLayout layout, String prefix, int number) {
    return graph.constant(prefix + layout.layer(number) + layout.query() + ".bias").isPresent();
  }

  private int countLayers() {
    int count = 0;
    while (hasLayer(graph, layout, prefix, count)) {
      count++;
    }
    return count;
  }

  private void collect() {
    take(EncoderLayout.WORDS, words(graph, prefix).orElseThrow());
    take(EncoderLayout.POSITIONS);
    if (layout.tokenTypes()) {
      take(EncoderLayout.TYPES);
    }
    takeNorm(EncoderLayout.NORM);
    for (int number = 0; number < layers; number++) {
      for (String part : layout.linears()) {
        takeLinear(layout.layer(number) + part);
      }
      for (String norm : layout.norms()) {
        takeNorm(layout.layer(number) + norm);
      }
    }
    if (graph.constant(prefix + EncoderLayout.POOLER + ".bias").isPresent()) {
      takeLinear(EncoderLayout.POOLER);
    }
  }

  private void take(String name) {
    take(name, prefix + name);
  }

  private void take(String name, String exported) {
    OnnxConstant constant =
        graph
            .constant(exported)
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "%s: there is no weight called %s", graph.file(), exported));
    weights.put(name, new ExportedWeight(constant, false));
  }

  private void takeNorm(String name) {
    take(name + ".weight");
    take(name + ".bias");
  }

  /** The weight by its own name, else by that of the bias that is added to its product. */
  private void takeLinear(String name) {
    Optional<OnnxConstant> named = graph.constant(prefix + name + ".weight");
    if (named.isPresent()) {
      weights.put(name + ".weight", new ExportedWeight(named.get(), false));
    } else {
      LinearMap map = linear(name);
      weights.put(name + ".weight", ExportedWeight.of(map));
    }
    take(name + ".bias");
  }

  private LinearMap linear(String name) {
    return LinearMap.ofBias(graph, prefix + name + ".bias")
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "%s: no product with a constant is found to which %s is added",
                    graph.file(), Quoted.name(prefix + name + ".bias")));
  }

  private void checkShapes() {
    long hidden = dimension(EncoderLayout.WORDS, 1);
    long wide = dimension(layout.layer(0) + layout.intermediate() + ".weight", 0);
    weights.forEach(
        (name, weight) -> {
          boolean vector = name.endsWith(".bias") || name.contains("norm") || name.contains("Norm");
          long out = name.contains(layout.intermediate()) ? wide : hidden;
          boolean last =
              name.contains("." + layout.output() + ".")
                  && !name.contains(layout.attentionOutput());
          List<Long> wanted =
              name.startsWith("embeddings.") && !vector
                  ? List.of(dimension(name, 0), hidden)
                  : vector ? List.of(out) : List.of(out, last ? wide : hidden);
          if (!weight.shape().equals(wanted)) {
            throw InvalidInputException.of(
                "%s: %s has the shape %s; %s is expected",
                graph.file(), Quoted.name(prefix + name), weight.shape(), wanted);
          }
          weight.constant().weightType();
        });
  }

  private long dimension(String name, int index) {
    List<Long> shape = weights.get(name).shape();
    if (shape.size() != 2 || shape.stream().anyMatch(size -> size <= 0 || size > 1 << 28)) {
      throw InvalidInputException.of(
          "%s: %s has the shape %s; a matrix is expected",
          graph.file(), Quoted.name(prefix + name), shape);
    }
    return shape.get(index);
  }

  /** Refuses weights that the family does not have: a graph with them computes something else. */
  private void refuseUnknown() {
    Set<String> unknown =
        graph.constantNames().stream()
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()))
            .filter(name -> name.startsWith("embeddings.") || name.startsWith(layout.layers()))
            .filter(name -> !weights.containsKey(name) && !name.endsWith(".position_ids"))
            .filter(name -> !name.endsWith(".token_type_ids"))
            .collect(Collectors.toCollection(TreeSet::new));
    if (!unknown.isEmpty()) {
      throw InvalidInputException.of(
          "%s: a plain %s has no weight called %s",
          graph.file(), layout.modelType(), Quoted.names(List.copyOf(unknown)));
    }
  }

  /** The family, as config.json names it. */
  private String modelType() {
    return counted.isPresent() ? "roberta" : layout.modelType();
  }

  private boolean isDistilled() {
    return layout.equals(EncoderLayout.DISTILBERT);
  }

  private int countHeads() {
    Set<Integer> found = new TreeSet<>();
    for (int number = 0; number < layers; number++) {
      for (String part : List.of(layout.query(), layout.key(), layout.value())) {
        found.add(numbers.heads(linear(layout.layer(number) + part), hidden()));
      }
    }
    return theOne(found, "number of attention heads");
  }

  private String readActivation() {
    Set<String> found = new TreeSet<>();
    for (int number = 0; number < layers; number++) {
      LinearMap wide = linear(layout.layer(number) + layout.intermediate());
      LinearMap narrow = linear(layout.layer(number) + layout.output());
      found.add(numbers.activation(wide.output(), narrow.input()));
    }
    return theOne(found, "activation");
  }

  private double readEpsilon() {
    Set<Double> found = new TreeSet<>();
    layout.norms(layers).forEach(norm -> found.add(numbers.epsilon(prefix + norm + ".bias")));
    return theOne(found, "epsilon of norms");
  }

  private <T> T theOne(Set<T> found, String what) {
    if (found.size() != 1) {
      throw InvalidInputException.of(
          "%s: the %s differs within the model: %s", graph.file(), what, found);
    }
    return found.iterator().next();
  }

  private void checkFamily() {
    if (isDistilled() && counted.isPresent()) {
      throw InvalidInputException.of(
          "%s: a DistilBERT counts positions from the start, this graph from the padding",
          graph.file());
    }
    if (isDistilled() && Math.abs(epsilon - 1e-12) > 1e-15) {
      throw InvalidInputException.of(
          "%s: the norms' epsilon is %s; a DistilBERT has 1e-12", graph.file(), epsilon);
    }
  }

  private void checkScores() {
    AttentionScores scores = new AttentionScores(graph, known);
    for (int number = 0; number < layers; number++) {
      String layer = layout.layer(number);
      scores.check(
          "layer " + number,
          linear(layer + layout.query()),
          linear(layer + layout.key()),
          hidden() / heads);
    }
  }

  private MaskedLanguageHead.Expected expectedHead() {
    String family = modelType() + ".";
    String root =
        prefix.endsWith(family) ? prefix.substring(0, prefix.length() - family.length()) : prefix;
    return new MaskedLanguageHead.Expected(
        modelType(),
        root,
        counted.isPresent() ? "gelu" : activation, // RoBERTa's head has its own
        epsilon,
        weights.get(EncoderLayout.WORDS));
  }

  private long hidden() {
    return dimension(EncoderLayout.WORDS, 1);
  }

  /** The weights by the names that checkpoints have: with a head, the encoder's have a prefix. */
  Map<String, ExportedWeight> weights() {
    if (head.isEmpty()) {
      return weights;
    }
    Map<String, ExportedWeight> all = new LinkedHashMap<>();
    weights.forEach((name, weight) -> all.put(modelType() + "." + name, weight));
    all.putAll(head.get().weights());
    return all;
  }

  /**
   * What config.json says.
   *
   * @param padding the tokenizer's padding token, for families that do not count positions from it
   */
  Map<String, Object> config(long padding) {
    boolean distil = isDistilled();
    Map<String, Object> config = new LinkedHashMap<>();
    head.ifPresent(
        its -> {
          config.put("architectures", List.of(MaskedLanguageHead.architecture(modelType())));
          config.put("tie_word_embeddings", its.tied());
        });
    config.put("model_type", modelType());
    config.put(distil ? "dim" : "hidden_size", hidden());
    config.put(distil ? "n_layers" : "num_hidden_layers", layers);
    config.put(distil ? "n_heads" : "num_attention_heads", heads);
    config.put(
        distil ? "hidden_dim" : "intermediate_size",
        dimension(layout.layer(0) + layout.intermediate() + ".weight", 0));
    config.put("vocab_size", dimension(EncoderLayout.WORDS, 0));
    config.put("max_position_embeddings", dimension(EncoderLayout.POSITIONS, 0));
    config.put(distil ? "activation" : "hidden_act", activation);
    config.put(distil ? "dropout" : "hidden_dropout_prob", 0.1);
    config.put(distil ? "attention_dropout" : "attention_probs_dropout_prob", 0.1);
    config.put("pad_token_id", counted.orElse(padding));
    config.put("initializer_range", 0.02);
    if (!distil) {
      config.put("type_vocab_size", dimension(EncoderLayout.TYPES, 0));
      config.put("layer_norm_eps", epsilon);
      config.put("position_embedding_type", "absolute");
    }
    return config;
  }
}
