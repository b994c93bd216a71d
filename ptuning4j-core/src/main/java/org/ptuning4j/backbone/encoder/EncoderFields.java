package org.ptuning4j.backbone.encoder;

/**
 * How a family calls the fields of {@code config.json}, and what holds where one is missing.
 *
 * @param layers L
 * @param hidden H
 * @param heads A
 * @param intermediate the width of the feed-forward layer
 * @param activation the function within it
 * @param hiddenDropout the rate of hidden states
 * @param attentionDropout the rate of attention probabilities
 * @param dropout both rates where the configuration names none
 */
public record EncoderFields(
    String layers,
    String hidden,
    String heads,
    String intermediate,
    String activation,
    String hiddenDropout,
    String attentionDropout,
    double dropout) {

  /** As BERT's code has them. */
  public static final EncoderFields BERT = bert(0.1);

  /** The same with other rates where the configuration names none. */
  public static EncoderFields bert(double dropout) {
    return new EncoderFields(
        "num_hidden_layers",
        "hidden_size",
        "num_attention_heads",
        "intermediate_size",
        "hidden_act",
        "hidden_dropout_prob",
        "attention_probs_dropout_prob",
        dropout);
  }
}
