package org.ptuning4j.train.objective;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.loss.RegularisedLosses;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.train.config.Regularisation;

/**
 * The loss of a batch in training: a head's own, or that of smoothed targets, and of two passes
 * instead of one where R-Drop asks for them. Then it is the mean of both passes' losses, and α
 * times how far the passes differ.
 */
final class TrainingLoss {

  private final Head head;
  private final Regularisation regularisation;

  /**
   * The loss of a head.
   *
   * @param task the task's name, for messages
   * @throws InvalidSettingException if the head has no classes that the regularisation needs
   */
  TrainingLoss(Head head, Regularisation regularisation, String task) {
    if (regularisation.labelSmoothing() > 0 && !head.choosesClasses()) {
      throw new InvalidSettingException(
          Regularisation.LABEL_SMOOTHING.name(),
          ("the loss of task '%s' is not cross-entropy over classes, and only such ones are"
                      + " smoothed; leave it out")
                  .formatted(task)
              + (head.comparesClasses() ? ", or set tag-head to softmax" : ""));
    }
    if (regularisation.rDrop() > 0 && !head.comparesClasses()) {
      throw new InvalidSettingException(
          Regularisation.R_DROP.name(),
          "the head of task '%s' does not choose among classes, and only such heads have it; leave"
                  .formatted(task)
              + " it out");
    }
    this.head = head;
    this.regularisation = regularisation;
  }

  /**
   * The loss of items.
   *
   * @param scores passes the items through the model; called once or twice
   */
  Loss of(Supplier<Tensor> scores, List<Item> items, Engine engine) {
    Tensor first = scores.get();
    Loss loss = usual(first, items, engine);
    if (regularisation.rDrop() == 0) {
      return loss;
    }
    Tensor second = scores.get();
    Tensor both = loss.sum().add(usual(second, items, engine).sum()).mul(new Scalar(0.5));
    Tensor apart =
        divergence(head.classes(first, items), head.classes(second, items), engine)
            .mul(new Scalar(regularisation.rDrop()));
    return new Loss(both.add(apart), loss.count());
  }

  private Loss usual(Tensor scores, List<Item> items, Engine engine) {
    return regularisation.labelSmoothing() == 0
        ? head.loss(scores, items)
        : smoothed(head.classes(scores, items), engine);
  }

  private Loss smoothed(List<ClassScores> classes, Engine engine) {
    return classes.stream()
        .map(
            each ->
                RegularisedLosses.smoothedCrossEntropy(
                    each, regularisation.labelSmoothing(), engine))
        .reduce((a, b) -> new Loss(a.sum().add(b.sum()), a.count() + b.count()))
        .orElseThrow();
  }

  private static Tensor divergence(
      List<ClassScores> first, List<ClassScores> second, Engine engine) {
    Tensor sum = RegularisedLosses.divergence(first.get(0), second.get(0), engine);
    for (int i = 1; i < first.size(); i++) {
      sum = sum.add(RegularisedLosses.divergence(first.get(i), second.get(i), engine));
    }
    return sum;
  }
}
