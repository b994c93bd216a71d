package org.ptuning4j.study.run;

import org.ptuning4j.train.run.TrainingResult;

/**
 * The result of a cell's training.
 *
 * @param result of its own run
 * @param sharedSeconds its part of the seconds of a training that it shares with other cells; 0
 *     without one
 */
public record CellOutcome(TrainingResult result, double sharedSeconds) {

  /** Seconds of training in all. */
  public double seconds() {
    return result.trainSeconds() + sharedSeconds;
  }
}
