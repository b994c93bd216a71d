package org.ptuning4j.train.loop;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ptuning4j.train.watch.Watchdogs;

/** How far a run has come: all that a checkpoint holds besides tensors. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
final class Progress {

  /** The current epoch, from 0. */
  int epoch;

  /** Steps made in the current epoch. */
  int stepInEpoch;

  /** Steps made. */
  int step;

  /** The position of the stream that dropout masks come from. */
  long dropoutPosition;

  /** The sum of all terms of the loss since the last evaluation, and their number. */
  double lossSum;

  long lossTotal;

  /** Tokens and rows trained on, and seconds spent training, evaluations apart. */
  long tokens;

  long examples;
  double seconds;

  /** Evaluations made, which is the number of lines of the metrics file. */
  int evaluations;

  /** The best evaluation. */
  int bestStep;

  int bestEpoch;

  /** The deciding metric at the best evaluation, null where it is undefined; and its loss. */
  Double bestValue;

  double bestLoss;

  Map<String, Double> bestMetrics = new LinkedHashMap<>();

  /** Evaluations since the best. */
  int sinceBest;

  /** What the watchdogs remember. */
  Watchdogs.State watched = Watchdogs.State.NEW;

  /** How good the best evaluation is, if there was one. */
  Optional<Standing> best() {
    OptionalDouble value =
        bestValue == null ? OptionalDouble.empty() : OptionalDouble.of(bestValue);
    return hasBest() ? Optional.of(new Standing(value, bestLoss)) : Optional.empty();
  }

  /** Whether there was an evaluation yet. */
  boolean hasBest() {
    return evaluations > 0;
  }
}
