package org.ptuning4j.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Families that models of the benchmarks can have. */
enum SyntheticFamily {
  /** BERT, with its pooler. */
  BERT("bert.", "\"layer_norm_eps\": 1e-12, \"type_vocab_size\": 2") {
    @Override
    void embeddings(SyntheticWeights weights, long hidden) {
      weights.table("embeddings.position_embeddings", POSITIONS, hidden);
      weights.table("embeddings.token_type_embeddings", 2, hidden);
      weights.linear("pooler.dense", hidden, hidden);
    }

    @Override
    void attention(SyntheticWeights weights, String at, long hidden) {
      weights.linear(at + "query", hidden, hidden);
      weights.linear(at + "key", hidden, hidden);
      weights.linear(at + "value", hidden, hidden);
    }
  },
  /** DeBERTa with the options of its base model. */
  DEBERTA(
      "deberta.",
      """
      "layer_norm_eps": 1e-7, "type_vocab_size": 0, "relative_attention": true,
       "pos_att_type": "c2p|p2c", "position_biased_input": false, "max_relative_positions": -1\
      """) {
    @Override
    void embeddings(SyntheticWeights weights, long hidden) {
      weights.table("encoder.rel_embeddings", 2 * POSITIONS, hidden);
    }

    @Override
    void attention(SyntheticWeights weights, String at, long hidden) {
      weights.matrix(at + "in_proj", 3 * hidden, hidden);
      weights.zeros(at + "q_bias", hidden);
      weights.zeros(at + "v_bias", hidden);
      weights.matrix(at + "pos_proj", hidden, hidden);
      weights.linear(at + "pos_q_proj", hidden, hidden);
    }
  },
  /** DeBERTa v3 with the options of its base model. */
  DEBERTA_V2(
      "deberta.",
      """
      "layer_norm_eps": 1e-7, "type_vocab_size": 0, "relative_attention": true,
       "pos_att_type": "p2c|c2p", "position_biased_input": false, "position_buckets": 256,
       "share_att_key": true, "norm_rel_ebd": "layer_norm\"\
      """) {
    @Override
    void embeddings(SyntheticWeights weights, long hidden) {
      weights.table("encoder.rel_embeddings", 2 * 256, hidden);
      weights.norm("encoder.LayerNorm", hidden);
    }

    @Override
    void attention(SyntheticWeights weights, String at, long hidden) {
      weights.linear(at + "query_proj", hidden, hidden);
      weights.linear(at + "key_proj", hidden, hidden);
      weights.linear(at + "value_proj", hidden, hidden);
    }
  };

  private static final int POSITIONS = 512;

  private final String prefix;
  private final String options;

  SyntheticFamily(String prefix, String options) {
    this.prefix = prefix;
    this.options = options;
  }

  /** As {@code model_type} has it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static SyntheticFamily parse(String label) {
    return Arrays.stream(values())
        .filter(family -> family.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no family '" + label + "'"));
  }

  /** What the embeddings have besides words and norm, and what stands beside the layers. */
  abstract void embeddings(SyntheticWeights weights, long hidden);

  /** The projections of one layer's attention. */
  abstract void attention(SyntheticWeights weights, String at, long hidden);

  /** The configuration's file. */
  String config(Shape shape) {
    return String.format(
        Locale.ROOT,
        """
        {"model_type": "%s", "num_hidden_layers": %d, "hidden_size": %d, "num_attention_heads": %d,
         "intermediate_size": %d, "vocab_size": %d, "max_position_embeddings": %d,
         "hidden_act": "gelu", "pad_token_id": 0,
         "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, %s}
        """,
        label(),
        shape.layers(),
        shape.hidden(),
        shape.heads(),
        4 * shape.hidden(),
        shape.vocabulary(),
        POSITIONS,
        options.strip());
  }

  /** Random weights. */
  Map<String, Tensor> weights(Shape shape) {
    SyntheticWeights weights = new SyntheticWeights(prefix);
    long hidden = shape.hidden();
    weights.table("embeddings.word_embeddings", shape.vocabulary(), hidden);
    weights.norm("embeddings.LayerNorm", hidden);
    embeddings(weights, hidden);
    for (int layer = 0; layer < shape.layers(); layer++) {
      String at = "encoder.layer." + layer + ".";
      attention(weights, at + "attention.self.", hidden);
      weights.linear(at + "attention.output.dense", hidden, hidden);
      weights.norm(at + "attention.output.LayerNorm", hidden);
      weights.linear(at + "intermediate.dense", 4 * hidden, hidden);
      weights.linear(at + "output.dense", hidden, 4 * hidden);
      weights.norm(at + "output.LayerNorm", hidden);
    }
    return weights.all();
  }
}
