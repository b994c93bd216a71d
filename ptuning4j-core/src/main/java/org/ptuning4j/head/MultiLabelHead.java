package org.ptuning4j.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A trained {@link MultiLabelHeadSpec}; its scores are {@code [B, labels]}. */
final class MultiLabelHead extends ReadoutHead {

  private final int labels;

  MultiLabelHead(MultiLabelHeadSpec spec, Readout readout) {
    super(readout, spec.labels());
    this.labels = spec.labels();
  }

  /** Binary cross-entropy: a term for each label of each row. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return Targets.binaryCrossEntropy(
        scores, Targets.all(items, Ragged.same(items, labels)), engine());
  }

  @Override
  public int terms(Item item) {
    return labels;
  }

  @Override
  public double blindLoss(List<Item> training) {
    return Frequencies.binary(training, labels);
  }
}
