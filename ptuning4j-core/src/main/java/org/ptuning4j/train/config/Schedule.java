package org.ptuning4j.train.config;

import java.util.Locale;

/**
 * How the learning rate moves over a run.
 *
 * @param shape its course after the warm-up
 * @param warmup for how many steps it first rises from 0 in a straight line
 * @param decayPerEpoch the factor per epoch of {@link Shape#EXPONENTIAL}; 0.95 for P-Tuning v2's
 *     tagging and QA runs
 */
public record Schedule(Shape shape, Warmup warmup, double decayPerEpoch) {

  /** The courses. */
  public enum Shape {
    /** To 0 in a straight line. */
    LINEAR,
    /** To 0 along half a cosine. */
    COSINE,
    /** Unchanged. */
    CONSTANT,
    /** Times a factor after each epoch. */
    EXPONENTIAL;

    /** As it is written on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the ranges. */
  public Schedule {
    TrainingSettings.DECAY_PER_EPOCH.require(decayPerEpoch);
  }

  /** With a number of warm-up steps. */
  public Schedule(Shape shape, int warmupSteps, double decayPerEpoch) {
    this(shape, Warmup.ofSteps(warmupSteps), decayPerEpoch);
  }

  /** Linear decay without warm-up: P-Tuning v2's choice for (Super)GLUE. */
  public static Schedule linear() {
    return new Schedule(Shape.LINEAR, 0, 0.95);
  }

  /**
   * The factor on the learning rate.
   *
   * @param step the step about to be made, from 0
   * @param totalSteps the steps of the whole run
   * @param epochsSinceWarmup the whole epochs between the warm-up's end and this step; epochs may
   *     differ in steps
   */
  public double factor(int step, int totalSteps, int epochsSinceWarmup) {
    int warmupSteps = warmup.stepsOf(totalSteps);
    if (step < warmupSteps) {
      return step / (double) Math.max(1, warmupSteps);
    }
    double done = (step - warmupSteps) / (double) Math.max(1, totalSteps - warmupSteps);
    return switch (shape) {
      case LINEAR -> Math.max(0, 1 - done);
      case COSINE -> 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)));
      case CONSTANT -> 1;
      case EXPONENTIAL -> Math.pow(decayPerEpoch, epochsSinceWarmup);
    };
  }
}
