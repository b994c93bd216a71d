package org.ptuning4j.backbone.modernbert;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.Pooling;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.Rotary;

/**
 * What {@code config.json} says of a ModernBERT.
 *
 * @param modelType {@code modernbert}
 * @param layers how far each layer reaches and how it rotates positions, from the input on
 * @param hidden H
 * @param sizes A and d
 * @param intermediate the width of the feed-forward network
 * @param vocabulary the number of word embeddings
 * @param maxPositions as many positions as the model was made for
 * @param padId the id of the padding token
 * @param activation of the feed-forward network
 * @param headActivation of the language-model head and of classifiers
 * @param epsilon ε of every norm
 * @param biases which parts have biases
 * @param tied whether the language-model head's output matrix is the word embeddings
 * @param dropout the configured rates
 * @param pooling what classifiers read
 */
public record ModernBertConfig(
    String modelType,
    List<LayerKind> layers,
    int hidden,
    HeadSizes sizes,
    int intermediate,
    int vocabulary,
    int maxPositions,
    int padId,
    Activation activation,
    Activation headActivation,
    double epsilon,
    Biases biases,
    boolean tied,
    DropoutRates dropout,
    Pooling pooling) {

  private static final String GLOBAL = "full_attention";
  private static final String LOCAL = "sliding_attention";

  /**
   * Of one layer.
   *
   * @param reach how far it attends
   * @param rotary how it rotates queries and keys
   */
  public record LayerKind(Reach reach, Rotary rotary) {}

  /**
   * Which parts have a bias.
   *
   * @param norms all norms, the head's included
   * @param attention its projections
   * @param feedForward its two layers
   * @param headDense the dense layer of the language-model head and of classifiers
   * @param decoder the scores of the words
   */
  public record Biases(
      boolean norms, boolean attention, boolean feedForward, boolean headDense, boolean decoder) {}

  /** Copies the list. */
  public ModernBertConfig {
    layers = List.copyOf(layers);
  }

  /**
   * Reads {@code config.json}. What concerns a training objective only ({@code sparse_prediction})
   * changes nothing in what is computed here.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing, unusable, or asks for what
   *     is not computed
   */
  static ModernBertConfig read(ModelConfig config) {
    int hidden = config.size("hidden_size");
    HeadSizes sizes = HeadSizes.of(config.divisor("num_attention_heads", "hidden_size"), hidden);
    if (sizes.size() % 2 != 0) {
      throw config.unsupported(
          "num_attention_heads", sizes.heads(), "an even width of each head, not " + sizes.size());
    }
    double attention = config.rateOr("attention_dropout", 0);
    return new ModernBertConfig(
        config.modelType(),
        layers(config, sizes.size()),
        hidden,
        sizes,
        config.size("intermediate_size"),
        config.size("vocab_size"),
        config.size("max_position_embeddings"),
        config.sizeOr("pad_token_id", 50283),
        activation(config, "hidden_activation"),
        activation(config, "classifier_activation"),
        config.numberOr("norm_eps", 1e-5),
        new Biases(
            config.flagOr("norm_bias", false),
            config.flagOr("attention_bias", false),
            config.flagOr("mlp_bias", false),
            config.flagOr("classifier_bias", false),
            config.flagOr("decoder_bias", true)),
        config.flagOr("tie_word_embeddings", true),
        new DropoutRates(
            config.rateOr("mlp_dropout", 0),
            attention,
            config.rateOr("embedding_dropout", 0),
            attention),
        pooling(config));
  }

  private static Pooling pooling(ModelConfig config) {
    String named = config.text("classifier_pooling").orElse("cls");
    return switch (named) {
      case "cls" -> Pooling.TOKEN;
      case "mean" -> Pooling.MEAN;
      default -> throw config.unsupported("classifier_pooling", named, "cls, mean");
    };
  }

  private static Activation activation(ModelConfig config, String field) {
    return config.has(field) ? Activation.of(config, field) : Activation.GELU;
  }

  private static List<LayerKind> layers(ModelConfig config, int headSize) {
    Reach window = new Reach.Window(config.sizeOr("local_attention", 128) / 2);
    LayerKind global =
        new LayerKind(
            Reach.everything(), rotary(config, GLOBAL, "global_rope_theta", 160_000, headSize));
    LayerKind local =
        new LayerKind(window, rotary(config, LOCAL, "local_rope_theta", 10_000, headSize));
    List<LayerKind> layers = new ArrayList<>();
    for (String type : types(config)) {
      layers.add(
          switch (type) {
            case GLOBAL -> global;
            case LOCAL -> local;
            default -> throw config.unsupported("layer_types", type, GLOBAL + ", " + LOCAL);
          });
    }
    return layers;
  }

  /** The kind of each layer: as listed, or else every n-th layer is global. */
  private static List<String> types(ModelConfig config) {
    int layers = config.layers("num_hidden_layers");
    if (config.has("layer_types")) {
      List<String> types = config.texts("layer_types");
      if (types.size() != layers) {
        throw config.unsupported("layer_types", types.size() + " entries", layers + " entries");
      }
      return types;
    }
    int every =
        config.has("global_attn_every_n_layers") ? config.size("global_attn_every_n_layers") : 3;
    List<String> types = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      types.add(layer % every == 0 ? GLOBAL : LOCAL);
    }
    return types;
  }

  /**
   * The rotation of a kind of layers: from {@code rope_parameters}, as newer files have it, or from
   * the field that older ones have.
   */
  private static Rotary rotary(
      ModelConfig config, String kind, String olderField, double byDefault, int headSize) {
    if (config.has("rope_scaling")) {
      throw config.unsupported("rope_scaling", "other than null", "null: positions as they are");
    }
    ModelConfig all = config.within("rope_parameters");
    for (String flat : List.of("rope_theta", "rope_type")) {
      if (all.has(flat)) {
        throw all.unsupported(flat, "for all layers", "one for each of " + GLOBAL + ", " + LOCAL);
      }
    }
    ModelConfig own = all.within(kind);
    String type = own.text("rope_type").orElse("default");
    if (!type.equals("default")) {
      throw own.unsupported("rope_type", type, "default");
    }
    if (own.numberOr("partial_rotary_factor", 1) != 1) {
      throw own.unsupported("partial_rotary_factor", own.numberOr("partial_rotary_factor", 1), "1");
    }
    double base =
        own.has("rope_theta")
            ? own.numberOr("rope_theta", 0)
            : config.numberOr(olderField, byDefault);
    if (!(base > 0)) {
      throw config.unsupported(olderField, base, "a number above 0");
    }
    return new Rotary(base, headSize);
  }
}
