package org.ptuning4j.backbone.glm;

import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;

/**
 * What {@code config.json} says of a GLM.
 *
 * @param modelType {@code glm}
 * @param layers L
 * @param hidden H
 * @param sizes A and d
 * @param vocabulary the number of word embeddings, some of which no token has
 * @param positions the number of rows of each position table, one more than the longest sequence
 * @param activation of the feed-forward network, whose width is 4 H
 * @param epsilon ε of every norm
 * @param dropout the configured rates
 */
public record GlmConfig(
    String modelType,
    int layers,
    int hidden,
    HeadSizes sizes,
    int vocabulary,
    int positions,
    Activation activation,
    double epsilon,
    DropoutRates dropout) {

  private static final double DROPOUT = 0.1;

  /**
   * Reads {@code config.json}. Some fields change nothing in what is computed: {@code
   * attention_scale}, by which the published code divides scores before it multiplies them, against
   * overflow in fp16; {@code max_memory_length}, {@code output_predict}, {@code parallel_output}
   * and the like; {@code pool_token} of another classifier than ours.
   *
   * <p>The models were trained with GELU's approximation by tanh, which their configurations do not
   * name. {@code hidden_act} may name another function: {@code gelu} is what the code beside the
   * converted checkpoints computes.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing, unusable, or asks for what
   *     is not computed
   */
  static GlmConfig read(ModelConfig config) {
    requireOfThePapers(config);
    int hidden = config.size("hidden_size");
    double residual = config.rateOr("output_dropout_prob", DROPOUT);
    return new GlmConfig(
        config.modelType(),
        config.layers("num_layers"),
        hidden,
        HeadSizes.of(config.divisor("num_attention_heads", "hidden_size"), hidden),
        config.size("vocab_size"),
        Math.addExact(config.size("max_sequence_length"), 1),
        config.has("hidden_act") ? Activation.of(config, "hidden_act") : Activation.GELU_NEW,
        config.numberOr("layernorm_epsilon", 1e-5),
        new DropoutRates(
            residual,
            config.rateOr("attention_dropout_prob", DROPOUT),
            config.rateOr("embedding_dropout_prob", DROPOUT),
            residual));
  }

  private static void requireOfThePapers(ModelConfig config) {
    if (config.has("num_hidden_layers") && !config.has("num_layers")) {
      throw config.fault(
          "num_layers",
          "is missing, and num_hidden_layers is there: this is GLM-4, a decoder of another kind"
              + " under the same model_type; supported is GLM of the papers");
    }
    if (config.flagOr("relative_encoding", false)) {
      throw config.unsupported("relative_encoding", true, "false: positions have tables");
    }
    if (!config.flagOr("block_position_encoding", true)) {
      throw config.unsupported("block_position_encoding", false, "true: there are two positions");
    }
    if (config.has("spell_length")) {
      throw config.unsupported(
          "spell_length",
          config.sizeOr("spell_length", 0),
          "null: a prompt is trained beside the model, not in it");
    }
  }
}
