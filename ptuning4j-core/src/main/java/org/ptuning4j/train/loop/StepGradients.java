package org.ptuning4j.train.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Recomputation;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.SideBySide;
import org.ptuning4j.train.batching.BatchWeights;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.objective.Objective;
import org.ptuning4j.train.objective.PromptedBackbone;

/**
 * Adds the gradients of a step's loss to those of the parameters. On a CPU the two halves of a
 * step's only batch are computed separately, side by side where there are threads for it; several
 * batches are computed in turn, because the order in which more than two gradients are added
 * changes the last bits.
 */
final class StepGradients implements AutoCloseable {

  private final GradientExchange exchange;
  private final SharedGradients shared;
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
   * @param stops whether one of the workers that made the step is to stop
   */
  record StepLoss(double mean, long weight, boolean stops) {}

  /** A part of a step's rows, and what its loss is multiplied by in the step's. */
  @SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
  private record Part(int[] rows, double factor) {}

  /**
   * Gradients of an objective.
   *
   * @param exchange connects the workers that share each step
   * @param passes the model in training, with dropout masks from a stream
   * @param parameters what is trained
   * @param recomputes whether layers are computed twice instead of kept
   * @param splits whether there is enough work in a batch to split it
   */
  StepGradients(
      GradientExchange exchange,
      Backbone backbone,
      Objective objective,
      Function<RandomStream, PromptedBackbone> passes,
      List<Parameter> parameters,
      boolean recomputes,
      boolean splits) {
    this.exchange = exchange;
    this.shared = new SharedGradients(exchange, parameters);
    this.objective = objective;
    this.passes = passes;
    this.parameters = parameters;
    this.recomputes = recomputes;
    this.inHalves = splits && backbone.engine().device().equals("cpu");
    this.sideBySide = inHalves ? SideBySide.of(backbone.engine()) : Optional.empty();
  }

  /**
   * Adds the gradients of one step; of several workers, those of all.
   *
   * @param batches its batches, as indices of items
   * @param masks the stream of dropout masks, which moves on
   * @param stop whether this worker is to stop
   */
  StepLoss add(List<int[]> batches, RandomStream masks, boolean stop) {
    BatchWeights weights = objective.weights(batches);
    List<Part> parts = parts(batches, weights);
    RandomStream own = own(masks);
    double loss =
        parts.size() > 1 && batches.size() == 1 ? asHalves(parts, own) : inTurn(parts, own);
    if (exchange.isAlone()) {
      return new StepLoss(loss, weights.total(), stop);
    }
    SharedGradients.Sum sum = shared.add(loss, stop);
    return new StepLoss(sum.loss(), weights.total(), sum.stops());
  }

  /**
   * What is computed separately: the batches, or the two halves of a step's only batch; of several
   * workers, what this one has of each.
   */
  private List<Part> parts(List<int[]> batches, BatchWeights weights) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      int[] rows = exchange.share(batches.get(i));
      double factor = weights.factors()[i];
      if (inHalves && batches.size() == 1 && rows.length > 1) {
        int half = (rows.length + 1) / 2;
        parts.add(new Part(Arrays.copyOf(rows, half), factor));
        parts.add(new Part(Arrays.copyOfRange(rows, half, rows.length), factor));
      } else if (rows.length > 0) {
        parts.add(new Part(rows, factor));
      }
    }
    return parts;
  }

  /**
   * Where this worker's masks come from. Of several workers, each has a stream of its own in each
   * step, drawn from the one that all have in common, so that a run's position in that is enough to
   * go on with.
   */
  private RandomStream own(RandomStream masks) {
    if (exchange.isAlone()) {
      return masks;
    }
    long[] seeds = LongStream.generate(masks::nextLong).limit(exchange.workers()).toArray();
    return RandomStream.of(seeds[exchange.rank()]);
  }

  private double inTurn(List<Part> parts, RandomStream masks) {
    double loss = 0;
    for (Part part : parts) {
      loss += Scope.run(() -> backward(passes.apply(masks), part));
    }
    return loss;
  }

  /**
   * Each half has dropout masks of its own, whether they are computed at once or not, so that a run
   * may go on with fewer threads.
   */
  private double asHalves(List<Part> halves, RandomStream masks) {
    List<Supplier<Double>> work = new ArrayList<>();
    for (Part half : halves) {
      PromptedBackbone pass = passes.apply(RandomStream.of(masks.nextLong()));
      work.add(() -> Scope.run(() -> backward(pass, half)));
    }
    return sideBySide
        .map(threads -> threads.run(work))
        .orElseGet(() -> work.stream().map(Supplier::get).toList())
        .stream()
        .mapToDouble(loss -> loss)
        .sum();
  }

  /** Adds the gradients of some rows; returns their part of the step's loss. */
  private double backward(PromptedBackbone pass, Part part) {
    if (recomputes) {
      return recomputedBackward(pass, part);
    }
    Tensor share = share(pass, part);
    share.backward();
    return share.item_double();
  }

  /** The same, with layers that are computed twice instead of kept. */
  private double recomputedBackward(PromptedBackbone pass, Part part) {
    try (Recomputation tape = new Recomputation()) {
      Tensor share = share(pass.recomputing(tape), part);
      tape.backward(share, parameters);
      return share.item_double();
    }
  }

  private Tensor share(PromptedBackbone pass, Part part) {
    return objective.loss(pass, part.rows()).sum().mul(new Scalar(part.factor()));
  }

  @Override
  public void close() {
    sideBySide.ifPresent(SideBySide::close);
  }
}
