package org.ptuning4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorSource;

class MaskedLanguageHeadTest {

  @TempDir Path folder;
  private Conversions conversions;

  @BeforeEach
  void inAFolder() {
    conversions = new Conversions(folder);
  }

  private static TinyGraph bert() {
    TinyGraph graph = new TinyGraph("bert.", false);
    graph.language = "cls.predictions.transform.";
    return graph;
  }

  private static TinyGraph roberta() {
    TinyGraph graph = new TinyGraph("roberta.", false);
    graph.counted = true;
    graph.activation = "Relu"; // the head has GELU all the same
    graph.language = "lm_head.";
    return graph;
  }

  private static TinyGraph distilbert() {
    TinyGraph graph = new TinyGraph("distilbert.", true);
    graph.language = "vocab_";
    return graph;
  }

  private static boolean hasHead(Path model) {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference())) {
      return backbone.spec().hasLanguageModel();
    }
  }

  private static JsonNode config(Path model) throws IOException {
    return new ObjectMapper().readTree(model.resolve("config.json").toFile());
  }

  private static void holds(Path model, TinyGraph graph, String prefix) {
    try (TensorSource tensors = Checkpoints.open(model)) {
      List<String> names =
          graph.weights.keySet().stream()
              .map(name -> prefix.isEmpty() || isEncoders(name) ? prefix + name : name)
              .toList();
      assertThat(tensors.names()).containsExactlyInAnyOrderElementsOf(names);
      Scope.run(
          () ->
              graph.weights.forEach(
                  (name, numbers) ->
                      assertThat(
                              Tensors.floats(tensors.read(isEncoders(name) ? prefix + name : name)))
                          .as(name)
                          .isEqualTo(numbers)));
    }
  }

  private static boolean isEncoders(String name) {
    return name.startsWith("embeddings.")
        || name.startsWith("encoder.")
        || name.startsWith("transformer.");
  }

  @Test
  void aHeadForMaskedWordsIsKept() throws IOException {
    List<TinyGraph> graphs = List.of(bert(), roberta(), distilbert());
    List<String> families = List.of("bert", "roberta", "distilbert");
    for (int i = 0; i < graphs.size(); i++) {
      Path model = conversions.convert(graphs.get(i));
      holds(model, graphs.get(i), families.get(i) + ".");
      assertThat(hasHead(model)).isTrue();
      assertThat(config(model).path("model_type").asText()).isEqualTo(families.get(i));
      assertThat(config(model).path("tie_word_embeddings").asBoolean()).isTrue();
      assertThat(config(model).path("architectures").path(0).asText()).endsWith("ForMaskedLM");
    }
  }

  @Test
  void aMatrixOfItsOwnIsKept() throws IOException {
    for (TinyGraph graph : List.of(bert(), roberta(), distilbert())) {
      graph.ownMatrix = true;
      Path model = conversions.convert(graph);
      holds(model, graph, config(model).path("model_type").asText() + ".");
      assertThat(config(model).path("tie_word_embeddings").asBoolean()).isFalse();
      assertThat(hasHead(model)).isTrue();
    }
  }

  @Test
  void aHeadThatComputesOtherwiseIsLeftOut() throws IOException {
    List<Consumer<TinyGraph>> changes =
        List.of(
            graph -> graph.headEpsilon = 1e-5,
            graph -> graph.language = "cls.predictions.other.",
            graph -> graph.headActivation = "Tanh",
            graph -> graph.headActivation = "Abs");
    for (Consumer<TinyGraph> change : changes) {
      TinyGraph graph = bert();
      change.accept(graph);
      Path model = conversions.convert(graph);
      assertThat(hasHead(model)).isFalse();
      assertThat(config(model).has("tie_word_embeddings")).isFalse();
    }
    assertThat(hasHead(conversions.convert(TinyGraph.bert()))).isFalse();
  }

  @Test
  void aHeadMayHaveTheNormInOneOperator() throws IOException {
    TinyGraph graph = bert();
    graph.fusedNorms = true;
    graph.gemm = true;
    assertThat(hasHead(conversions.convert(graph))).isTrue();
  }
}
