package org.ptuning4j.head;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Tensors;

/** What turns a backbone's last states into scores; made by its {@link HeadSpec}. */
public interface Head extends AutoCloseable {

  /** What is trained. */
  List<Parameter> parameters();

  /**
   * What a pack has to hold so that {@link HeadSpec#restore} makes the same head, by name: the
   * parameters' values unless there is more.
   */
  default Map<String, Tensor> saved() {
    Map<String, Tensor> saved = new java.util.LinkedHashMap<>();
    parameters().forEach(parameter -> saved.put(parameter.name(), parameter.tensor()));
    return saved;
  }

  /** Which positions of the last layer it reads. */
  Positions reads();

  /** The scores of a batch of items, fp32, with their graph; {@link #split} takes them apart. */
  Tensor scores(HeadInput input);

  /**
   * The loss of scores, as the sum of its terms and their number, which is that of {@link #terms}.
   *
   * @param items those that the scores are for, each with its target
   */
  Loss loss(Tensor scores, List<Item> items);

  /**
   * The number of terms that an item with a target adds to the loss: one for each answer that
   * counts. It is known before any score, so that the weight of a batch among others is, too.
   */
  default int terms(Item item) {
    return 1;
  }

  /**
   * Whether its loss is cross-entropy over classes, so that {@link #classes} has them.
   *
   * <p>There may be another loss in the place of the usual one for such heads: that of smoothed
   * targets.
   */
  default boolean choosesClasses() {
    return false;
  }

  /** Whether {@link #classes} has something, so that it can be said how far two passes differ. */
  default boolean comparesClasses() {
    return choosesClasses();
  }

  /**
   * The classes that it chooses among, with their graph. Where {@link #choosesClasses} is true, the
   * loss is the cross-entropy of these: the sum over all of them. Empty where {@link
   * #comparesClasses} is false.
   */
  default List<ClassScores> classes(Tensor scores, List<Item> items) {
    return List.of();
  }

  /** Each item's scores, in Java memory. */
  List<float[]> split(Tensor scores, List<Item> items);

  /**
   * What it says of all items alike, in Java memory; {@link HeadSpec} says which. Usually nothing.
   */
  default float[] common() {
    return new float[0];
  }

  /** What it takes in memory besides what it shares with the backbone. */
  default long bytes() {
    return saved().values().stream().mapToLong(Tensors::bytes).sum();
  }

  /**
   * Takes the scores of an input without content as the measure of later ones, where the head is of
   * a kind that does so; nothing happens otherwise.
   *
   * @param contentFree as {@link #scores} gives them, a row for each input without content
   */
  default void calibrate(Tensor contentFree) {}

  /**
   * The loss of a model that only knows how frequent the answers are; NaN where that says nothing.
   */
  default double blindLoss(List<Item> training) {
    return Double.NaN;
  }

  @Override
  void close();
}
