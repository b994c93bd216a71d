package org.ptuning4j.backbone.layer.norm;

import org.bytedeco.pytorch.Tensor;

/** A normalisation over the last dimension. */
public interface Norm {

  /** {@code [..., H] → [..., H]}. */
  Tensor apply(Tensor x);
}
