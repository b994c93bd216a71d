package org.ptuning4j.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A trained {@link RegressionHeadSpec}; its scores are {@code [B, 1]}. */
final class RegressionHead extends ReadoutHead {

  RegressionHead(Readout readout) {
    super(readout, 1);
  }

  /** Squared error. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return Targets.squaredError(scores, Targets.all(items, Ragged.same(items, 1)), engine());
  }

  @Override
  public double blindLoss(List<Item> training) {
    return Frequencies.variance(training);
  }
}
