package org.ptuning4j.backbone.gpt2;

import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;

/**
 * What {@code config.json} says of a GPT-2.
 *
 * @param modelType {@code gpt2}
 * @param layers L
 * @param hidden H
 * @param sizes A and d
 * @param intermediate the width of the feed-forward network
 * @param vocabulary the number of word embeddings
 * @param maxPositions the number of position embeddings
 * @param activation of the feed-forward network
 * @param epsilon ε of every norm
 * @param scaled whether the products of queries and keys are multiplied by 1/√d
 * @param scaledByLayer whether they are divided by the layer's number besides, counted from 1
 * @param tied whether the output matrix is the word embeddings
 * @param dropout the configured rates
 */
public record Gpt2Config(
    String modelType,
    int layers,
    int hidden,
    HeadSizes sizes,
    int intermediate,
    int vocabulary,
    int maxPositions,
    Activation activation,
    double epsilon,
    boolean scaled,
    boolean scaledByLayer,
    boolean tied,
    DropoutRates dropout) {

  private static final double DROPOUT = 0.1;

  /**
   * Reads {@code config.json}. Fields of another classifier than ours ({@code summary_type} and its
   * kin) and of how a product is computed ({@code reorder_and_upcast_attn}) change nothing here.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing, unusable, or asks for what
   *     is not computed
   */
  static Gpt2Config read(ModelConfig config) {
    if (config.flagOr("add_cross_attention", false)) {
      throw config.unsupported("add_cross_attention", true, "false: there is no encoder");
    }
    if (!config.flagOr("is_causal", true)) {
      throw config.unsupported("is_causal", false, "true: each token sees what precedes it");
    }
    int hidden = config.size("n_embd");
    double residual = config.rateOr("resid_pdrop", DROPOUT);
    return new Gpt2Config(
        config.modelType(),
        config.layers("n_layer"),
        hidden,
        HeadSizes.of(config.divisor("n_head", "n_embd"), hidden),
        config.has("n_inner") ? config.size("n_inner") : Math.multiplyExact(4, hidden),
        config.size("vocab_size"),
        config.size(config.has("n_ctx") && !config.has("n_positions") ? "n_ctx" : "n_positions"),
        config.has("activation_function")
            ? Activation.of(config, "activation_function")
            : Activation.GELU_NEW,
        config.numberOr("layer_norm_epsilon", 1e-5),
        config.flagOr("scale_attn_weights", true),
        config.flagOr("scale_attn_by_inverse_layer_idx", false),
        config.flagOr("tie_word_embeddings", true),
        new DropoutRates(
            residual,
            config.rateOr("attn_pdrop", DROPOUT),
            config.rateOr("embd_pdrop", DROPOUT),
            residual));
  }

  /** What the products of queries and keys of a layer are multiplied by. */
  double scale(int layer) {
    double scale = scaled ? 1 / Math.sqrt(sizes.size()) : 1;
    return scaledByLayer ? scale / (layer + 1) : scale;
  }
}
