package org.ptuning4j.head.loss;

import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.ClassScores;
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
    return Losses.crossEntropy(tags(scores, items), engine);
  }

  @Override
  public boolean choosesClasses() {
    return true;
  }

  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items, Engine engine) {
    return List.of(tags(scores, items));
  }

  private static ClassScores tags(Tensor scores, List<Item> items) {
    return new ClassScores(scores, Losses.tags(items, Math.toIntExact(scores.size(1))));
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
