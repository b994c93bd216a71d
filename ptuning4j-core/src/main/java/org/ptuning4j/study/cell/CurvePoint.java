package org.ptuning4j.study.cell;

import org.ptuning4j.InvalidInputException;

/**
 * One evaluation during a run.
 *
 * @param epoch counted from 1; 0 is before the training
 * @param step updates made so far
 * @param value the run's metric, at most 1; below 0 only for correlations
 * @param trainLoss mean training loss since the last evaluation; NaN or infinite where it is
 *     unknown or has diverged
 */
public record CurvePoint(int epoch, long step, double value, double trainLoss) {

  /** Checks the ranges. */
  public CurvePoint {
    if (epoch < 0 || step < 0) {
      throw InvalidInputException.of(
          "curve: epoch %d and step %d must not be negative", epoch, step);
    }
    if (!(value >= -1 && value <= 1)) {
      throw InvalidInputException.of("curve: value %s is not within -1 … 1", value);
    }
  }
}
