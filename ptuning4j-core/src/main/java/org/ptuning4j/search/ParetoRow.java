package org.ptuning4j.search;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a trial reaches, and what it costs.
 *
 * @param trial its number
 * @param value the deciding metric; more is better
 * @param parameters trained values; fewer is better
 * @param trainSeconds of training; fewer is better
 * @param millisPerPrediction of one text alone; fewer is better; empty where it was not measured
 * @param dominated whether another is as good in all of these and better in one
 */
public record ParetoRow(
    int trial,
    double value,
    long parameters,
    double trainSeconds,
    Optional<Double> millisPerPrediction,
    boolean dominated) {

  /** The rows with the marks that they deserve, the highest value first. */
  static List<ParetoRow> marked(List<ParetoRow> rows) {
    return rows.stream()
        .map(row -> row.withMark(rows.stream().anyMatch(other -> other.dominates(row))))
        .sorted(
            Comparator.comparingDouble((ParetoRow row) -> -row.value())
                .thenComparingLong(ParetoRow::parameters)
                .thenComparingInt(ParetoRow::trial))
        .toList();
  }

  private ParetoRow withMark(boolean mark) {
    return new ParetoRow(trial, value, parameters, trainSeconds, millisPerPrediction, mark);
  }

  /** What was not measured is taken for worse than all that was. */
  private double millis() {
    return millisPerPrediction.orElse(Double.POSITIVE_INFINITY);
  }

  /** Whether this is as good as another in everything, and better in something. */
  boolean dominates(ParetoRow other) {
    boolean asGood =
        value >= other.value
            && parameters <= other.parameters
            && trainSeconds <= other.trainSeconds
            && millis() <= other.millis();
    boolean better =
        value > other.value
            || parameters < other.parameters
            || trainSeconds < other.trainSeconds
            || millis() < other.millis();
    return asGood && better;
  }
}
