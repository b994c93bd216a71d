package org.ptuning4j.backbone.layer;

/** Where the norms of a layer are. */
public enum Placement {
  /** After each residual: norm(x + f(x)), as in BERT. */
  POST_NORM,
  /** Before each part: x + f(norm(x)), as in GPT-2 and ModernBERT. */
  PRE_NORM
}
