package org.ptuning4j.train.loop;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ptuning4j.train.run.Decision;
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

  /** The learning rate that a range test found; null where there was none. */
  Double foundRate;

  /** What the run decided by itself. */
  List<Decision> decisions = new ArrayList<>();

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

  /** Whether the best evaluation was of the average of the parameters. */
  boolean bestIsAverage;

  /** The evaluation that patience measures later ones by: its metric and loss, as of the best. */
  Double markValue;

  double markLoss;

  /** Evaluations since that one. */
  int sinceMark;

  /** What the watchdogs remember. */
  Watchdogs.State watched = Watchdogs.State.NEW;

  /** How good the best evaluation is, if there was one. */
  Optional<Standing> best() {
    return hasBest() ? Optional.of(standing(bestValue, bestLoss)) : Optional.empty();
  }

  /** What patience remembers. */
  Patience.State patience() {
    Optional<Standing> mark =
        hasBest() ? Optional.of(standing(markValue, markLoss)) : Optional.empty();
    return new Patience.State(mark, sinceMark);
  }

  void patience(Patience.State state) {
    Standing mark = state.mark().orElseThrow();
    markValue = value(mark);
    markLoss = mark.loss();
    sinceMark = state.since();
  }

  private static Standing standing(Double value, double loss) {
    return new Standing(value == null ? OptionalDouble.empty() : OptionalDouble.of(value), loss);
  }

  /** Takes an evaluation of the step that was made last as the best one. */
  void keep(Evaluations.Judged judged) {
    bestValue = value(judged.standing());
    bestLoss = judged.standing().loss();
    bestStep = step;
    bestEpoch = epoch + 1;
    bestIsAverage = judged.ofAverage();
    bestMetrics = new LinkedHashMap<>(judged.evaluation().metrics());
  }

  /** The deciding metric; null where it is undefined. */
  private static Double value(Standing standing) {
    return standing.primary().isPresent() ? Double.valueOf(standing.primary().getAsDouble()) : null;
  }

  /** Whether there was an evaluation yet. */
  boolean hasBest() {
    return evaluations > 0;
  }
}
