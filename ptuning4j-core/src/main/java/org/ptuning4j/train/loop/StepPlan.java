package org.ptuning4j.train.loop;

import java.util.Arrays;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.objective.Objective;

/** How many steps a run has, which learning rate each is made with, and after which it evaluates. */
final class StepPlan {

  private final TrainingConfig config;
  private final int[] stepsOfEpoch;
  private final int total;

  private StepPlan(TrainingConfig config, int[] stepsOfEpoch, int total) {
    this.config = config;
    this.stepsOfEpoch = stepsOfEpoch;
    this.total = total;
  }

  /**
   * The steps of a run.
   *
   * @param trained whether it trains anything; there are no steps otherwise
   */
  static StepPlan of(TrainingConfig config, Objective objective, boolean trained) {
    int[] steps = new int[config.epochs()];
    for (int epoch = 0; epoch < steps.length; epoch++) {
      int batches = objective.plan(config.batching(), config.seed(), epoch).size();
      steps[epoch] = (batches + config.accumulation() - 1) / config.accumulation();
    }
    return new StepPlan(config, steps, trained ? Arrays.stream(steps).sum() : 0);
  }

  /** The steps of all epochs. */
  int total() {
    return total;
  }

  /** The steps of an epoch, from 0. */
  int ofEpoch(int epoch) {
    return stepsOfEpoch[epoch];
  }

  /**
   * The learning rate of a step.
   *
   * @param step from 0
   * @param epoch its epoch, from 0
   */
  double rate(int step, int epoch) {
    return config.learningRate() * config.schedule().factor(step, total, stepsOfEpoch[epoch]);
  }

  /**
   * Whether an evaluation is due.
   *
   * @param made the steps made in all
   * @param madeInEpoch the steps made in the current epoch
   * @param epoch from 0
   */
  boolean evaluatesAfter(int made, int madeInEpoch, int epoch) {
    return config.evaluateEvery() > 0
        ? made % config.evaluateEvery() == 0 || made == total
        : madeInEpoch == stepsOfEpoch[epoch];
  }
}
