package org.ptuning4j.head.loss;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.tensor.engine.Engine;

/** What a linear head is trained on. */
public interface ScoreLoss {

  /**
   * The loss of a batch.
   *
   * @param scores {@code [N, k]}: k for each state that is read
   */
  Loss of(Tensor scores, List<Item> items, Engine engine);

  /** Whether it is cross-entropy over classes. */
  default boolean choosesClasses() {
    return false;
  }

  /** Whether {@link #classes} has something. */
  default boolean comparesClasses() {
    return choosesClasses();
  }

  /**
   * The classes that are chosen among: what it is the cross-entropy of, where it is that. Empty
   * where {@link #comparesClasses} is false.
   */
  default List<ClassScores> classes(Tensor scores, List<Item> items, Engine engine) {
    return List.of();
  }

  /** What answers need besides the scores of each item, the same for all; usually nothing. */
  default float[] common() {
    return new float[0];
  }

  /**
   * The number of terms that an item adds to the loss.
   *
   * @param outputs k
   */
  int terms(Item item, int outputs);

  /** The loss of a model that only knows how frequent the answers are; in nats. */
  double blind(List<Item> training, int outputs);
}
