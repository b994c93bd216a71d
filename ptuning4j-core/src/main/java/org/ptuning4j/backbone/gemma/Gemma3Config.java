package org.ptuning4j.backbone.gemma;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Rotary;
import org.ptuning4j.backbone.layer.RotaryFields;

/**
 * What {@code config.json} says of a Gemma 3, or of the language model of one that reads images
 * too.
 *
 * @param modelType {@code gemma3_text} or {@code gemma3}
 * @param layers how far each layer reaches and how it turns positions, from the input on
 * @param hidden H
 * @param sizes A, K and d; A·d need not be H
 * @param intermediate the width of the feed-forward network
 * @param vocabulary the number of word embeddings
 * @param maxPositions as many positions as the model was made for
 * @param activation of the gate
 * @param epsilon ε of every norm
 * @param scale what the products of queries and keys are multiplied by
 * @param biased whether the projections of attention have biases
 * @param tied whether the output matrix is the word embeddings
 * @param attentionDropout the only rate there is
 */
public record Gemma3Config(
    String modelType,
    List<LayerKind> layers,
    int hidden,
    HeadSizes sizes,
    int intermediate,
    int vocabulary,
    int maxPositions,
    Activation activation,
    double epsilon,
    double scale,
    boolean biased,
    boolean tied,
    double attentionDropout) {

  /** A language model alone. */
  static final String TEXT = "gemma3_text";

  /** One with a part that sees images; its language model is described in {@code text_config}. */
  static final String WITH_IMAGES = "gemma3";

  private static final String GLOBAL = "full_attention";
  private static final String LOCAL = "sliding_attention";

  /**
   * Of one layer.
   *
   * @param reach how far it attends
   * @param rotary how positions turn its queries and keys
   */
  public record LayerKind(Reach reach, Rotary rotary) {}

  /** Copies the list. */
  public Gemma3Config {
    layers = List.copyOf(layers);
  }

  /**
   * Reads {@code config.json}. What is missing is as in the published code.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing, unusable, or asks for what
   *     is not computed
   */
  static Gemma3Config read(ModelConfig config) {
    if (config.modelType().equals(WITH_IMAGES) && !config.has("text_config")) {
      throw config.fault("text_config", "is missing; it describes the language model");
    }
    ModelConfig text =
        config.modelType().equals(WITH_IMAGES) ? config.within("text_config") : config;
    refuse(text);
    HeadSizes sizes = sizes(text);
    int maxPositions = sizeOr(text, "max_position_embeddings", 131_072);
    return new Gemma3Config(
        config.modelType(),
        layers(text, sizes.size(), maxPositions),
        text.size("hidden_size"),
        sizes,
        text.size("intermediate_size"),
        sizeOr(text, "vocab_size", 262_208),
        maxPositions,
        text.has("hidden_activation")
            ? Activation.of(text, "hidden_activation")
            : Activation.GELU_PYTORCH_TANH,
        text.numberOr("rms_norm_eps", 1e-6),
        1 / Math.sqrt(RotaryFields.positive(text, "query_pre_attn_scalar", 256)),
        text.flagOr("attention_bias", false),
        text.flagOr("tie_word_embeddings", config.flagOr("tie_word_embeddings", true)),
        text.rateOr("attention_dropout", 0));
  }

  private static void refuse(ModelConfig text) {
    for (String cap : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
      if (text.has(cap)) {
        throw text.unsupported(cap, text.numberOr(cap, 0), "null: scores as they are");
      }
    }
    if (text.flagOr("use_bidirectional_attention", false)) {
      throw text.unsupported(
          "use_bidirectional_attention",
          true,
          "false: each token sees what precedes it (EmbeddingGemma's see the whole text)");
    }
  }

  private static int sizeOr(ModelConfig config, String field, int byDefault) {
    return config.has(field) ? config.size(field) : byDefault;
  }

  private static HeadSizes sizes(ModelConfig text) {
    int heads = sizeOr(text, "num_attention_heads", 8);
    int keyValueHeads = sizeOr(text, "num_key_value_heads", 4);
    if (heads % keyValueHeads != 0) {
      throw text.fault(
          "num_key_value_heads",
          "is " + keyValueHeads + ", which does not divide num_attention_heads " + heads);
    }
    int size = sizeOr(text, "head_dim", 256);
    if (size % 2 != 0) {
      throw text.fault("head_dim", "is " + size + "; pairs of values are turned: it must be even");
    }
    return new HeadSizes(heads, keyValueHeads, size);
  }

  private static List<LayerKind> layers(ModelConfig text, int headSize, int maxPositions) {
    Rotary global = rotary(text, GLOBAL, "rope_theta", 1_000_000, headSize, maxPositions);
    Rotary local = rotary(text, LOCAL, "rope_local_base_freq", 10_000, headSize, maxPositions);
    List<LayerKind> layers = new ArrayList<>();
    for (String type : types(text)) {
      layers.add(
          switch (type) {
            case GLOBAL -> new LayerKind(Reach.causal(), global);
            case LOCAL ->
                new LayerKind(new Reach.CausalWindow(sizeOr(text, "sliding_window", 4096)), local);
            default -> throw text.unsupported("layer_types", type, GLOBAL + ", " + LOCAL);
          });
    }
    return layers;
  }

  /** The kind of each layer: as listed, or else every n-th one is global. */
  private static List<String> types(ModelConfig text) {
    int layers = text.layers("num_hidden_layers");
    if (text.has("layer_types")) {
      List<String> types = text.texts("layer_types");
      if (types.size() != layers) {
        throw text.unsupported("layer_types", types.size() + " entries", layers + " entries");
      }
      return types;
    }
    String field =
        text.has("sliding_window_pattern") ? "sliding_window_pattern" : "_sliding_window_pattern";
    int every = sizeOr(text, field, 6);
    List<String> types = new ArrayList<>();
    for (int layer = 1; layer <= layers; layer++) {
      types.add(layer % every == 0 ? GLOBAL : LOCAL);
    }
    return types;
  }

  /**
   * How a kind of layers turns positions: from {@code rope_parameters}, as newer files have it, or
   * from fields of the older ones, whose {@code rope_scaling} concerns global layers only.
   */
  private static Rotary rotary(
      ModelConfig text,
      String kind,
      String olderBase,
      double byDefault,
      int headSize,
      int maxPositions) {
    ModelConfig newer = text.within("rope_parameters");
    for (String flat : List.of("rope_theta", "rope_type")) {
      if (newer.has(flat)) {
        throw newer.unsupported(flat, "for all layers", "one for each of " + GLOBAL + ", " + LOCAL);
      }
    }
    if (text.has("rope_parameters") && text.has("rope_scaling")) {
      throw text.unsupported("rope_scaling", "beside rope_parameters", "one of the two");
    }
    ModelConfig own = newer.within(kind);
    double base =
        own.has("rope_theta")
            ? RotaryFields.positive(own, "rope_theta", byDefault)
            : RotaryFields.positive(text, olderBase, byDefault);
    boolean scaledAsBefore = kind.equals(GLOBAL) && text.has("rope_scaling");
    ModelConfig fields = scaledAsBefore ? text.within("rope_scaling") : own;
    return RotaryFields.within(fields, base, headSize, maxPositions).rotary();
  }
}
