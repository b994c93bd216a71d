package org.ptuning4j.backbone.weight;

import org.bytedeco.pytorch.Tensor;

/** What passes compute with where it takes weights: a weight itself, or what is made of several. */
public interface WeightValue {

  /** The tensor of this pass. */
  Tensor value();
}
