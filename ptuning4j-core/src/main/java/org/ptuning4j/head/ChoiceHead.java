package org.ptuning4j.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.ChoiceHeadSpec.ChoiceLoss;

/** A trained {@link ChoiceHeadSpec}; its scores are {@code [R, 1]}, one for each candidate. */
final class ChoiceHead extends ReadoutHead {

  private final ChoiceLoss loss;

  ChoiceHead(ChoiceHeadSpec spec, Readout readout) {
    super(readout, 1);
    this.loss = spec.loss();
  }

  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    int[] sizes = Ragged.rows(items);
    return switch (loss) {
      case SOFTMAX -> {
        Tensor perItem =
            Ragged.padded(scores.flatten(), sizes, Float.NEGATIVE_INFINITY, engine()); // [B, C]
        yield Targets.crossEntropy(perItem, Targets.rows(items), engine());
      }
      case BINARY -> Targets.binaryCrossEntropy(scores, Targets.all(items, sizes), engine());
    };
  }

  /** One for the choice, or one for each candidate where each is right or wrong by itself. */
  @Override
  public int terms(Item item) {
    return loss == ChoiceLoss.BINARY ? item.rows().size() : 1;
  }

  @Override
  public double blindLoss(List<Item> training) {
    return switch (loss) {
      case SOFTMAX -> Frequencies.candidates(training);
      case BINARY -> Frequencies.binary(Frequencies.all(training));
    };
  }
}
