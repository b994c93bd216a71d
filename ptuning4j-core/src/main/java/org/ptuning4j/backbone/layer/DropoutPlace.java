package org.ptuning4j.backbone.layer;

import org.ptuning4j.backbone.DropoutRates;

/** Where a family drops states in training. */
public enum DropoutPlace {
  /** The embeddings. */
  EMBEDDINGS,
  /** The probabilities of attention. */
  ATTENTION_PROBABILITIES,
  /** What attention gives, before the residual. */
  ATTENTION_OUTPUT,
  /** Inside the feed-forward network, after its activation. */
  FEED_FORWARD_INSIDE,
  /** What the feed-forward network gives, before the residual. */
  FEED_FORWARD_OUTPUT,
  /** What the last layer gives, after its norm, as T5 has it. */
  LAST_STATES,
  /** The states of relative positions. */
  RELATIVE_POSITIONS,
  /** What a convolution beside the first layer gives, before its activation. */
  CONVOLUTION;

  /** The rate at this place. */
  double rate(DropoutRates rates) {
    return switch (this) {
      case EMBEDDINGS -> rates.embeddings();
      case ATTENTION_PROBABILITIES -> rates.attention();
      case ATTENTION_OUTPUT -> rates.attentionOutput();
      case FEED_FORWARD_INSIDE, FEED_FORWARD_OUTPUT, LAST_STATES, RELATIVE_POSITIONS, CONVOLUTION ->
          rates.hidden();
    };
  }
}
