package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;

/** The network that transforms each position by itself. */
public interface FeedForward {

  /** {@code [B, m, H] → [B, m, H]}. */
  Tensor apply(Pass pass, Tensor x);
}
