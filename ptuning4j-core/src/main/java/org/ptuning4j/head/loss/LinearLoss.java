package org.ptuning4j.head.loss;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.Target;
import org.ptuning4j.tensor.engine.Engine;

/** What a linear head is trained on, and so what its scores and an item's target mean. */
public enum LinearLoss implements ScoreLoss {

  /**
   * One label is right: cross-entropy over a logit for each label. The target is the label's
   * number.
   */
  LABEL("sequence") {
    @Override
    public Loss of(Tensor scores, List<Item> items, Engine engine) {
      return Losses.crossEntropy(classes(scores, items, engine).get(0), engine);
    }

    @Override
    public boolean choosesClasses() {
      return true;
    }

    @Override
    public List<ClassScores> classes(Tensor scores, List<Item> items, Engine engine) {
      int labels = Math.toIntExact(scores.size(1));
      return List.of(new ClassScores(scores, Losses.choices(items, labels)));
    }

    @Override
    public double blind(List<Item> training, int outputs) {
      return BlindLosses.choices(training);
    }
  },

  /**
   * Any number of labels apply: binary cross-entropy of a logit for each label, which applies where
   * its logit is positive. The target is a {@link Target.LabelSet}.
   */
  EACH_LABEL("multi-label") {
    @Override
    public Loss of(Tensor scores, List<Item> items, Engine engine) {
      int labels = Math.toIntExact(scores.size(1));
      return Losses.binaryCrossEntropy(
          scores, Losses.labelSets(items, ScoresByItem.same(items, labels)), engine);
    }

    @Override
    public int terms(Item item, int outputs) {
      return outputs;
    }

    @Override
    public double blind(List<Item> training, int outputs) {
      return BlindLosses.eachLabel(training, outputs);
    }
  },

  /** A number is predicted: squared error. The target is a {@link Target.Value}. */
  NUMBER("regression") {
    @Override
    public Loss of(Tensor scores, List<Item> items, Engine engine) {
      return Losses.squaredError(scores, Losses.values(items), engine);
    }

    @Override
    public double blind(List<Item> training, int outputs) {
      return BlindLosses.variance(training);
    }
  },

  /**
   * One candidate is right, and each is a row with one logit: cross-entropy over an item's
   * candidates. The target is a {@link Target.Choice}.
   */
  CANDIDATE("choice") {
    @Override
    public Loss of(Tensor scores, List<Item> items, Engine engine) {
      return Losses.crossEntropy(classes(scores, items, engine).get(0), engine);
    }

    @Override
    public boolean choosesClasses() {
      return true;
    }

    @Override
    public List<ClassScores> classes(Tensor scores, List<Item> items, Engine engine) {
      Tensor perItem = // [B, C]
          ScoresByItem.padded(
              scores.flatten(), ScoresByItem.rows(items), Float.NEGATIVE_INFINITY, engine);
      return List.of(new ClassScores(perItem, Losses.rows(items)));
    }

    @Override
    public double blind(List<Item> training, int outputs) {
      return BlindLosses.candidates(training);
    }
  },

  /**
   * Each candidate is right or wrong by itself: binary cross-entropy, the mean over all candidates
   * of the batch. The target is a {@link Target.LabelSet}.
   */
  EACH_CANDIDATE("choice") {
    @Override
    public Loss of(Tensor scores, List<Item> items, Engine engine) {
      return Losses.binaryCrossEntropy(
          scores, Losses.labelSets(items, ScoresByItem.rows(items)), engine);
    }

    @Override
    public int terms(Item item, int outputs) {
      return item.rows().size();
    }

    @Override
    public double blind(List<Item> training, int outputs) {
      return BlindLosses.eachCandidate(training);
    }
  };

  private final String kind;

  LinearLoss(String kind) {
    this.kind = kind;
  }

  /** The kind of head that packs name it by. */
  public String kind() {
    return kind;
  }

  @Override
  public int terms(Item item, int outputs) {
    return 1;
  }
}
