package org.ptuning4j.onnx;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a family calls its weights. A layer's parts are in the order in which they compute.
 *
 * @param modelType the family, as config.json names it
 * @param layers what comes before a layer's number
 * @param query the linear maps of a layer, from here …
 * @param key attention's keys
 * @param value attention's values
 * @param attentionOutput the map after attention
 * @param attentionNorm the norm after it
 * @param intermediate the wide map
 * @param output … to here
 * @param outputNorm the norm after it
 * @param tokenTypes whether there are embeddings of token types
 */
record EncoderLayout(
    String modelType,
    String layers,
    String query,
    String key,
    String value,
    String attentionOutput,
    String attentionNorm,
    String intermediate,
    String output,
    String outputNorm,
    boolean tokenTypes) {

  static final String WORDS = "embeddings.word_embeddings.weight";
  static final String POSITIONS = "embeddings.position_embeddings.weight";
  static final String TYPES = "embeddings.token_type_embeddings.weight";
  static final String NORM = "embeddings.LayerNorm";
  static final String POOLER = "pooler.dense";

  static final EncoderLayout BERT =
      new EncoderLayout(
          "bert",
          "encoder.layer.",
          "attention.self.query",
          "attention.self.key",
          "attention.self.value",
          "attention.output.dense",
          "attention.output.LayerNorm",
          "intermediate.dense",
          "output.dense",
          "output.LayerNorm",
          true);

  static final EncoderLayout DISTILBERT =
      new EncoderLayout(
          "distilbert",
          "transformer.layer.",
          "attention.q_lin",
          "attention.k_lin",
          "attention.v_lin",
          "attention.out_lin",
          "sa_layer_norm",
          "ffn.lin1",
          "ffn.lin2",
          "output_layer_norm",
          false);

  /** What comes before the names of a layer's parts. */
  String layer(int number) {
    return layers + number + ".";
  }

  /** A layer's linear maps. */
  List<String> linears() {
    return List.of(query, key, value, attentionOutput, intermediate, output);
  }

  /** A layer's norms. */
  List<String> norms() {
    return List.of(attentionNorm, outputNorm);
  }

  /** All norms of a model with so many layers. */
  List<String> norms(int layerCount) {
    return Stream.concat(
            Stream.of(NORM),
            Stream.iterate(0, number -> number < layerCount, number -> number + 1)
                .flatMap(number -> norms().stream().map(norm -> layer(number) + norm)))
        .toList();
  }
}
