package org.ptuning4j.backbone.layer;

/** Where a family drops states in training. */
public enum DropoutPlace {
  /** The embeddings. */
  EMBEDDINGS,
  /** The probabilities of attention, at a rate of their own. */
  ATTENTION_PROBABILITIES,
  /** What attention gives, before the residual. */
  ATTENTION_OUTPUT,
  /** Inside the feed-forward network, after its activation. */
  FEED_FORWARD_INSIDE,
  /** What the feed-forward network gives, before the residual. */
  FEED_FORWARD_OUTPUT,
  /** The states of relative positions. */
  RELATIVE_POSITIONS,
  /** What a convolution beside the first layer gives, before its activation. */
  CONVOLUTION
}
