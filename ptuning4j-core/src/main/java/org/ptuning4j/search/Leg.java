package org.ptuning4j.search;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;

/**
 * How far a trial came, as it stood when it paused.
 *
 * @param epochs the whole epochs that were made
 * @param whole whether it came to the rung that it was sent to; false if time ran out before
 * @param value the deciding metric at the best evaluation so far; more is better
 * @param metrics all metrics there
 * @param bestEpoch the epoch of the best evaluation, from 1
 * @param parameters the trained values
 * @param learningRate the peak learning rate, given or found
 * @param trainSeconds seconds of training in all so far, evaluations apart
 * @param wallSeconds by the clock, of this leg alone
 * @param peakMemoryBytes the most memory of the process; 0 where it was not measured
 */
public record Leg(
    int epochs,
    boolean whole,
    double value,
    Map<String, Double> metrics,
    @JsonProperty("best_epoch") int bestEpoch,
    long parameters,
    @JsonProperty("learning_rate") double learningRate,
    @JsonProperty("train_seconds") double trainSeconds,
    @JsonProperty("wall_seconds") double wallSeconds,
    @JsonProperty("peak_memory_bytes") long peakMemoryBytes) {

  /** Checks the ranges and sorts the metrics. */
  public Leg {
    if (epochs < 1) {
      throw InvalidInputException.of("epochs: %d must be 1 or more", epochs);
    }
    if (!Double.isFinite(value)) {
      throw InvalidInputException.of("value: %s is no finite number", value);
    }
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
  }
}
