package org.ptuning4j.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A trained {@link SequenceHeadSpec}; its scores are {@code [B, labels]}. */
public final class SequenceHead extends ReadoutHead {

  private final SequenceHeadSpec spec;

  SequenceHead(SequenceHeadSpec spec, Readout readout) {
    super(readout, spec.labels());
    this.spec = spec;
  }

  /** The form. */
  public SequenceHeadSpec spec() {
    return spec;
  }

  /** Cross-entropy. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return Targets.crossEntropy(scores, Targets.classes(items, spec.labels()), engine());
  }

  @Override
  public double blindLoss(List<Item> training) {
    return Frequencies.entropy(training);
  }
}
