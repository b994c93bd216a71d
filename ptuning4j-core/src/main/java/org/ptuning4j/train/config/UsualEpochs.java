package org.ptuning4j.train.config;

/**
 * How many epochs a run has where nobody says: what counts is the number of steps, so that a few
 * hundred rows are passed more often than a hundred thousand. A frozen model wants more of them
 * than one that is trained itself; docs/study.md has the figures.
 */
final class UsualEpochs {

  private static final int STEPS = 1_000;
  private static final int LEAST = 3;
  private static final int MOST = 30;
  private static final int MOST_OF_WHOLE_MODELS = 10;

  static final String IN_WORDS =
      "as many as make 1,000 steps, at least 3 and at most 30; 10 where the model itself is"
          + " trained";

  private UsualEpochs() {}

  /**
   * The usual number.
   *
   * @param batches those of an epoch
   */
  static int of(TrainingConfig config, int batches) {
    int most = config.method().trainsBackbone() ? MOST_OF_WHOLE_MODELS : MOST;
    double steps = Math.max(1, Math.ceil(batches / (double) config.accumulation()));
    return (int) Math.max(LEAST, Math.min(most, Math.ceil(STEPS / steps)));
  }
}
