package org.ptuning4j.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;

/** A trained {@link RegressionHeadSpec}; its scores are {@code [B, 1]}. */
final class RegressionHead extends ReadoutHead {

  RegressionHead(Readout readout) {
    super(readout, 1);
  }

  /** Mean squared error. */
  @Override
  public Tensor loss(Tensor scores, List<Item> items) {
    float[] targets = Targets.all(items, Ragged.same(items, 1));
    return torch.mse_loss(
        scores.flatten(), engine().place(Tensors.of(targets, targets.length), Dtype.F32));
  }

  @Override
  public double blindLoss(List<Item> training) {
    return Frequencies.variance(training);
  }
}
