package org.ptuning4j.train.loop;

import java.util.Arrays;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.objective.Objective;

/**
 * How many steps a run has, which learning rate each is made with, and after which it evaluates.
 */
final class StepPlan {

  /** More than the rounding of a sum of fractions, less than a step. */
  private static final double ROUNDING = 1e-9;

  private final TrainingConfig config;
  private final int[] stepsOfEpoch;
  private final int[] startOfEpoch; // the steps before each, and of all
  private final int total;

  private StepPlan(TrainingConfig config, int[] stepsOfEpoch, int total) {
    this.config = config;
    this.stepsOfEpoch = stepsOfEpoch;
    this.startOfEpoch = new int[stepsOfEpoch.length + 1];
    for (int epoch = 0; epoch < stepsOfEpoch.length; epoch++) {
      startOfEpoch[epoch + 1] = startOfEpoch[epoch] + stepsOfEpoch[epoch];
    }
    this.total = total;
  }

  /**
   * The steps of a run.
   *
   * @param trained whether it trains anything; there are no steps otherwise
   */
  static StepPlan of(TrainingConfig config, Objective objective, boolean trained) {
    int[] steps = new int[config.allEpochs()];
    for (int epoch = 0; epoch < steps.length; epoch++) {
      int batches = objective.plan(config.batching(), config.seed(), epoch).size();
      steps[epoch] = (batches + config.accumulation() - 1) / config.accumulation();
    }
    return new StepPlan(config, steps, trained ? Arrays.stream(steps).sum() : 0);
  }

  /** The same steps with another peak of the learning rate. */
  StepPlan withPeak(double rate) {
    return new StepPlan(config.toBuilder().learningRate(rate).build(), stepsOfEpoch, total);
  }

  /** The peak of the learning rate. */
  double peak() {
    return config.learningRate();
  }

  /** The steps of all epochs. */
  int total() {
    return total;
  }

  /** The steps of an epoch, from 0. */
  int ofEpoch(int epoch) {
    return stepsOfEpoch[epoch];
  }

  /** The learning rate of a step, from 0. */
  double rate(int step) {
    double since = epochs(step) - epochs(config.schedule().warmup().stepsOf(total));
    int whole = (int) Math.max(0, Math.floor(since + ROUNDING));
    return config.learningRate() * config.schedule().factor(step, total, whole);
  }

  /** How many epochs a number of steps makes, with a fraction of the one in progress. */
  private double epochs(int steps) {
    int epoch = 0;
    while (epoch < stepsOfEpoch.length - 1 && steps >= startOfEpoch[epoch + 1]) {
      epoch++;
    }
    return epoch + (steps - startOfEpoch[epoch]) / (double) Math.max(1, stepsOfEpoch[epoch]);
  }

  /**
   * Makes sure that there is something to keep when the run ends, or stops to go on later.
   *
   * @throws InvalidInputException if it stops before its first evaluation
   */
  void requireAnEvaluation() {
    int made = startOfEpoch[config.epochsMade()];
    if (made < total && config.evaluateEvery() > made) {
      throw InvalidInputException.of(
          "%s: the first evaluation is after %d steps, and the run stops after %d (%s %d); evaluate"
              + " more often, or stop later",
          new SettingName(TrainingSettings.EVALUATE_EVERY.name()),
          config.evaluateEvery(),
          made,
          new SettingName(TrainingSettings.STOP_AFTER.name()),
          config.epochsMade());
    }
  }

  /**
   * Whether an evaluation is due; a run that stops to go on later has none for that, since it goes
   * on as if it had not stopped.
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
