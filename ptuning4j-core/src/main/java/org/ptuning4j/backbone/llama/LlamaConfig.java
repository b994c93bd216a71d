package org.ptuning4j.backbone.llama;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Rotary;
import org.ptuning4j.backbone.layer.RotaryFields;

/**
 * What {@code config.json} says of a Llama or its kin.
 *
 * @param modelType {@code llama}, {@code mistral}, {@code qwen2} or {@code qwen3}
 * @param reaches how far each layer attends, from the input on
 * @param hidden H
 * @param sizes A, K and d; A·d need not be H
 * @param intermediate the width of the feed-forward network
 * @param vocabulary the number of word embeddings
 * @param maxPositions as many positions as the model was made for
 * @param activation of the gate
 * @param epsilon ε of every norm
 * @param rotary how positions turn queries and keys
 * @param biases which parts have biases
 * @param headNorms whether each head's queries and keys are normalised
 * @param tied whether the output matrix is the word embeddings
 * @param attentionDropout the only rate there is
 */
public record LlamaConfig(
    String modelType,
    List<Reach> reaches,
    int hidden,
    HeadSizes sizes,
    int intermediate,
    int vocabulary,
    int maxPositions,
    Activation activation,
    double epsilon,
    Rotary rotary,
    Biases biases,
    boolean headNorms,
    boolean tied,
    double attentionDropout) {

  private static final String HEADS = "num_attention_heads";
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  /**
   * Which parts have a bias.
   *
   * @param input the projections to queries, keys and values
   * @param output that of the contexts
   * @param feedForward the three layers of the feed-forward network
   */
  public record Biases(boolean input, boolean output, boolean feedForward) {}

  /** Copies the list. */
  public LlamaConfig {
    reaches = List.copyOf(reaches);
  }

  /**
   * Reads {@code config.json}. {@code pretraining_tp} is about how a product was cut in
   * pretraining, and changes nothing.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing, unusable, or asks for what
   *     is not computed
   */
  static LlamaConfig read(ModelConfig config) {
    if (!config.flagOr("is_causal", true)) {
      throw config.unsupported("is_causal", false, "true: each token sees what precedes it");
    }
    if (config.flagOr("use_mrope", false)) {
      throw config.unsupported("use_mrope", true, "false: one row of positions");
    }
    LlamaKind kind = LlamaKind.of(config.modelType());
    int hidden = config.size("hidden_size");
    HeadSizes sizes = sizes(config, kind, hidden);
    RotaryFields rotary =
        RotaryFields.read(config, sizes.size(), config.size("max_position_embeddings"));
    return new LlamaConfig(
        config.modelType(),
        reaches(config, kind),
        hidden,
        sizes,
        config.size("intermediate_size"),
        config.size("vocab_size"),
        rotary.maxPositions(),
        config.has("hidden_act") ? Activation.of(config, "hidden_act") : Activation.SILU,
        config.numberOr("rms_norm_eps", 1e-6),
        rotary.rotary(),
        kind.biases(config),
        kind == LlamaKind.QWEN3,
        config.flagOr("tie_word_embeddings", false),
        config.rateOr("attention_dropout", 0));
  }

  private static HeadSizes sizes(ModelConfig config, LlamaKind kind, int hidden) {
    int heads = config.size(HEADS);
    int keyValueHeads =
        config.has("num_key_value_heads") ? config.size("num_key_value_heads") : kind.shared(heads);
    if (heads % keyValueHeads != 0) {
      throw config.fault(
          "num_key_value_heads",
          "is " + keyValueHeads + ", which does not divide num_attention_heads " + heads);
    }
    int size =
        config.has("head_dim")
            ? config.size("head_dim")
            : kind.headSize().orElseGet(() -> hidden / config.divisor(HEADS, "hidden_size"));
    if (size % 2 != 0) {
      throw config.fault(
          config.has("head_dim") ? "head_dim" : HEADS,
          "gives heads of width " + size + "; pairs of values are turned, so that it must be even");
    }
    return new HeadSizes(heads, keyValueHeads, size);
  }

  /** How far each layer attends: as it is listed, or else as the kind has it. */
  private static List<Reach> reaches(ModelConfig config, LlamaKind kind) {
    int layers = config.layers("num_hidden_layers");
    List<String> types = types(config, kind, layers);
    List<Reach> reaches = new ArrayList<>();
    for (String type : types) {
      reaches.add(
          switch (type) {
            case FULL -> Reach.causal();
            case SLIDING -> new Reach.CausalWindow(config.size("sliding_window"));
            default -> throw config.unsupported("layer_types", type, FULL + ", " + SLIDING);
          });
    }
    return reaches;
  }

  private static List<String> types(ModelConfig config, LlamaKind kind, int layers) {
    if (config.has("layer_types")) {
      List<String> types = config.texts("layer_types");
      if (types.size() != layers) {
        throw config.unsupported("layer_types", types.size() + " entries", layers + " entries");
      }
      return types;
    }
    int firstSliding = kind.firstSlidingLayer(config, layers);
    List<String> types = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      types.add(layer < firstSliding ? FULL : SLIDING);
    }
    return types;
  }
}
