package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.layer.norm.Norm;

/** What a family does to the sum of its embeddings, step by step. */
public interface EmbeddingStep {

  /** {@code [B, n, width] → [B, n, width or H]}. */
  Tensor apply(Pass pass, Tensor x);

  /** A norm. */
  static EmbeddingStep norm(Norm norm) {
    return (pass, x) -> norm.apply(x);
  }

  /** Dropout of the embeddings. */
  static EmbeddingStep dropout() {
    return (pass, x) -> pass.dropout(DropoutPlace.EMBEDDINGS, x);
  }

  /** From the width of the embeddings to that of the layers. */
  static EmbeddingStep projection(Linear projection) {
    return (pass, x) -> projection.apply(pass.engine(), x);
  }

  /** Sets padding to zero. */
  static EmbeddingStep withoutPadding() {
    return (pass, x) -> pass.scores().content().map(x::mul).orElse(x);
  }
}
