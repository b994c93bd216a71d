package org.ptuning4j.train.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Recomputation;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.SideBySide;
import org.ptuning4j.train.batching.BatchWeights;
import org.ptuning4j.train.objective.Objective;
import org.ptuning4j.train.objective.PromptedBackbone;

/**
 * Adds the gradients of a step's loss to those of the parameters. On a CPU the two halves of a
 * step's only batch are computed separately, side by side where there are threads for it; several
 * batches are computed in turn, because the order in which more than two gradients are added
 * changes the last bits.
 */
final class StepGradients implements AutoCloseable {

  private final Objective objective;
  private final Function<RandomStream, PromptedBackbone> passes;
  private final List<Parameter> parameters;
  private final boolean recomputes;
  private final boolean inHalves;
  private final Optional<SideBySide> sideBySide;

  /**
   * A step's loss.
   *
   * @param mean over the terms of all its batches
   * @param weight how much it counts beside the losses of other steps
   */
  record StepLoss(double mean, long weight) {}

  /**
   * Gradients of an objective.
   *
   * @param passes the model in training, with dropout masks from a stream
   * @param parameters what is trained
   * @param recomputes whether layers are computed twice instead of kept
   * @param splits whether there is enough work in a batch to split it
   */
  StepGradients(
      Backbone backbone,
      Objective objective,
      Function<RandomStream, PromptedBackbone> passes,
      List<Parameter> parameters,
      boolean recomputes,
      boolean splits) {
    this.objective = objective;
    this.passes = passes;
    this.parameters = parameters;
    this.recomputes = recomputes;
    this.inHalves = splits && backbone.engine().device().equals("cpu");
    this.sideBySide = inHalves ? SideBySide.of(backbone.engine()) : Optional.empty();
  }

  /**
   * Adds the gradients of one step.
   *
   * @param batches its batches, as indices of items
   * @param masks the stream of dropout masks, which moves on
   */
  StepLoss add(List<int[]> batches, RandomStream masks) {
    List<int[]> parts = parts(batches);
    BatchWeights weights = objective.weights(parts);
    double loss =
        parts.size() == batches.size()
            ? inTurn(parts, weights, masks)
            : asHalves(parts, weights, masks);
    return new StepLoss(loss, weights.total());
  }

  /** What is computed separately: the two halves of a step's only batch, else the batches. */
  private List<int[]> parts(List<int[]> batches) {
    int rows = batches.get(0).length;
    if (!inHalves || batches.size() > 1 || rows < 2) {
      return batches;
    }
    int[] batch = batches.get(0);
    int half = (rows + 1) / 2;
    return List.of(Arrays.copyOf(batch, half), Arrays.copyOfRange(batch, half, rows));
  }

  private double inTurn(List<int[]> batches, BatchWeights weights, RandomStream masks) {
    double loss = 0;
    for (int i = 0; i < batches.size(); i++) {
      int[] batch = batches.get(i);
      double factor = weights.factors()[i];
      loss += Scope.run(() -> backward(passes.apply(masks), batch, factor));
    }
    return loss;
  }

  /**
   * Each half has dropout masks of its own, whether they are computed at once or not, so that a run
   * may go on with fewer threads.
   */
  private double asHalves(List<int[]> halves, BatchWeights weights, RandomStream masks) {
    List<Supplier<Double>> work = new ArrayList<>();
    for (int i = 0; i < halves.size(); i++) {
      int[] half = halves.get(i);
      double factor = weights.factors()[i];
      PromptedBackbone pass = passes.apply(RandomStream.of(masks.nextLong()));
      work.add(() -> Scope.run(() -> backward(pass, half, factor)));
    }
    return sideBySide
        .map(threads -> threads.run(work))
        .orElseGet(() -> work.stream().map(Supplier::get).toList())
        .stream()
        .mapToDouble(loss -> loss)
        .sum();
  }

  /** Adds the gradients of one batch; returns its part of the step's loss. */
  private double backward(PromptedBackbone pass, int[] batch, double factor) {
    if (recomputes) {
      return recomputedBackward(pass, batch, factor);
    }
    Tensor share = share(pass, batch, factor);
    share.backward();
    return share.item_double();
  }

  /** The same, with layers that are computed twice instead of kept. */
  private double recomputedBackward(PromptedBackbone pass, int[] batch, double factor) {
    try (Recomputation tape = new Recomputation()) {
      Tensor share = share(pass.recomputing(tape), batch, factor);
      tape.backward(share, parameters);
      return share.item_double();
    }
  }

  private Tensor share(PromptedBackbone pass, int[] batch, double factor) {
    return objective.loss(pass, batch).sum().mul(new Scalar(factor));
  }

  @Override
  public void close() {
    sideBySide.ifPresent(SideBySide::close);
  }
}
