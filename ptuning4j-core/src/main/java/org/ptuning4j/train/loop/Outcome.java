package org.ptuning4j.train.loop;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.train.run.Decision;

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
 * @param learningRate the peak learning rate
 * @param decisions what was decided by the run itself
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
    double learningRate,
    List<Decision> decisions,
    List<String> warnings) {

  /** Copies what could change. */
  public Outcome {
    best = Collections.unmodifiableMap(new LinkedHashMap<>(best));
    decisions = List.copyOf(decisions);
    warnings = List.copyOf(warnings);
  }

  /** Of a run that was stopped before its first step. */
  public static Outcome none(double learningRate) {
    return Outcome.of(new Progress(), false, learningRate);
  }

  static Outcome of(Progress progress, boolean finished, double learningRate) {
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
        learningRate,
        progress.decisions,
        progress.watched.said());
  }

  /** The same after something that took time and decided something. */
  public Outcome after(double moreSeconds, List<Decision> earlier) {
    return new Outcome(
        finished,
        evaluated,
        best,
        bestEpoch,
        bestStep,
        bestIsAverage,
        steps,
        tokens,
        seconds + moreSeconds,
        learningRate,
        Stream.concat(earlier.stream(), decisions.stream()).toList(),
        warnings);
  }

  /** Tokens trained on per second; 0 before the first step. */
  public double tokensPerSecond() {
    return seconds == 0 ? 0 : tokens / seconds;
  }
}
