package org.ptuning4j.backbone.t5;

import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.layer.T5Buckets;

/**
 * What {@code config.json} says of a T5.
 *
 * @param modelType {@code t5} or {@code mt5}
 * @param encoderLayers how many layers read
 * @param decoderLayers how many layers write
 * @param hidden H
 * @param sizes A and d; A·d need not be H
 * @param intermediate the width of the feed-forward networks
 * @param vocabulary the number of word embeddings
 * @param activation of the feed-forward networks
 * @param gated whether their activation gates a second product
 * @param buckets the rows of the tables of distances
 * @param farthest the distance from which on all share a row
 * @param epsilon ε of every norm
 * @param tied whether the word embeddings are the output matrix
 * @param outputScale what states are multiplied by before they are compared with the words
 * @param dropout the configured rate
 */
public record T5Config(
    String modelType,
    int encoderLayers,
    int decoderLayers,
    int hidden,
    HeadSizes sizes,
    int intermediate,
    int vocabulary,
    Activation activation,
    boolean gated,
    int buckets,
    int farthest,
    double epsilon,
    boolean tied,
    double outputScale,
    DropoutRates dropout) {

  private static final String FEED_FORWARD = "feed_forward_proj";
  private static final String GATED = "gated-";
  private static final String BUCKETS = "relative_attention_num_buckets";
  private static final String FARTHEST = "relative_attention_max_distance";
  private static final String START = "decoder_start_token_id";

  /**
   * Reads {@code config.json}. {@code dense_act_fn} and {@code is_gated_act} say again what {@code
   * feed_forward_proj} does, as which alone published code reads it; {@code n_positions} limits
   * nothing.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing, unusable, or asks for what
   *     is not computed
   */
  static T5Config read(ModelConfig config) {
    requireEncoderDecoder(config);
    int hidden = config.size("d_model");
    int heads = config.size("num_heads");
    int encoderLayers = config.layers("num_layers");
    boolean tied = config.flagOr("tie_word_embeddings", true);
    boolean scaled = config.flagOr("scale_decoder_outputs", tied);
    String feedForward =
        config.has(FEED_FORWARD) ? config.text(FEED_FORWARD).orElse("(no text)") : "relu";
    T5Config read =
        new T5Config(
            config.modelType(),
            encoderLayers,
            config.has("num_decoder_layers") ? config.layers("num_decoder_layers") : encoderLayers,
            hidden,
            new HeadSizes(heads, heads, config.size("d_kv")),
            config.size("d_ff"),
            config.size("vocab_size"),
            activation(config, feedForward),
            feedForward.startsWith(GATED),
            config.sizeOr(BUCKETS, 32),
            config.sizeOr(FARTHEST, 128),
            config.numberOr("layer_norm_epsilon", 1e-6),
            tied,
            scaled ? 1 / Math.sqrt(hidden) : 1,
            DropoutRates.all(config.rateOr("dropout_rate", 0.1)));
    read.requireBuckets(config);
    return read;
  }

  /** The released code computes the approximation by tanh where it gates, and says GELU. */
  private static Activation activation(ModelConfig config, String feedForward) {
    if (feedForward.equals("gated-gelu")) {
      return Activation.GELU_NEW;
    }
    String name =
        feedForward.startsWith(GATED) ? feedForward.substring(GATED.length()) : feedForward;
    return Activation.named(name)
        .orElseThrow(
            () ->
                config.unsupported(
                    FEED_FORWARD, feedForward, Activation.names() + ", each also after " + GATED));
  }

  private static void requireEncoderDecoder(ModelConfig config) {
    if (!config.flagOr("is_encoder_decoder", true)) {
      throw config.unsupported("is_encoder_decoder", false, "true: one half alone is no T5");
    }
    int padding = config.sizeOr("pad_token_id", 0);
    int start = config.sizeOr(START, padding);
    if (start != padding) {
      throw config.unsupported(START, start, "the padding token, " + padding + ", as in every T5");
    }
  }

  private void requireBuckets(ModelConfig config) {
    if (buckets < 4 || buckets % 2 != 0) {
      throw config.unsupported(BUCKETS, buckets, "an even number from 4 on");
    }
    if (farthest <= buckets / 2) {
      throw config.unsupported(FARTHEST, farthest, "more than half of " + BUCKETS);
    }
  }

  /** The rows of the encoder's distances. */
  T5Buckets encoderBuckets() {
    return new T5Buckets(buckets, farthest, true);
  }

  /** The rows of the decoder's distances. */
  T5Buckets decoderBuckets() {
    return new T5Buckets(buckets, farthest, false);
  }
}
