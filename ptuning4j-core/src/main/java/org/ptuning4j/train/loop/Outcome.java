package org.ptuning4j.train.loop;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a run came; of a resumed run, all its parts together.
 *
 * @param finished whether it went to its end; false if it was stopped
 * @param evaluated whether there was an evaluation, and so something worth saving
 * @param best each metric's value at the best evaluation; one that is undefined there is missing
 * @param bestEpoch the epoch of the best evaluation, from 1
 * @param bestStep the step of the best evaluation
 * @param bestIsAverage whether it was of the moving average of the trained values
 * @param steps the steps made
 * @param tokens the tokens trained on, padding apart
 * @param seconds of training, evaluations apart
 * @param warnings what checks and watchdogs said
 */
public record Outcome(
    boolean finished,
    boolean evaluated,
    Map<String, Double> best,
    int bestEpoch,
    int bestStep,
    boolean bestIsAverage,
    int steps,
    long tokens,
    double seconds,
    List<String> warnings) {

  /** Copies what could change. */
  public Outcome {
    best = Collections.unmodifiableMap(new LinkedHashMap<>(best));
    warnings = List.copyOf(warnings);
  }

  static Outcome of(Progress progress, boolean finished) {
    return new Outcome(
        finished,
        progress.hasBest(),
        progress.bestMetrics,
        progress.bestEpoch,
        progress.bestStep,
        progress.bestIsAverage,
        progress.step,
        progress.tokens,
        progress.seconds,
        progress.watched.said());
  }

  /** Tokens trained on per second; 0 before the first step. */
  public double tokensPerSecond() {
    return seconds == 0 ? 0 : tokens / seconds;
  }
}
