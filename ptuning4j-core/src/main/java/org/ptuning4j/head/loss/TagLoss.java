package org.ptuning4j.head.loss;

import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.Target;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Cross-entropy over the tags of single tokens: a term for each token that counts, whichever item
 * it is of. The target is {@link Target.Tags}.
 */
public record TagLoss() implements ScoreLoss {

  @Override
  public Loss of(Tensor scores, List<Item> items, Engine engine) {
    int labels = Math.toIntExact(scores.size(1));
    return Losses.crossEntropy(scores, Losses.tags(items, labels), engine);
  }

  @Override
  public int terms(Item item, int labels) {
    return (int)
        item.target(Target.Tags.class).labels().stream().filter(OptionalInt::isPresent).count();
  }

  @Override
  public double blind(List<Item> training, int labels) {
    return BlindLosses.tags(training);
  }
}
