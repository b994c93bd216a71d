package org.ptuning4j.search;

import java.util.List;
import java.util.Optional;

/**
 * What training costs by the clock, by what the trials so far have taken; before there are any, by
 * what was measured at the beginning.
 *
 * @param pace what was measured; empty where the length of runs was given
 */
record Costs(Optional<Pace> pace) {

  /** How much longer than others a run may well take. */
  private static final double MARGIN = 1.05;

  /** The seconds that a run takes for some epochs, its start included; 0 if nothing is known. */
  double seconds(List<Trial> trials, int epochs) {
    return epochs == 0 ? 0 : MARGIN * (start(trials) + epochs * epoch(trials));
  }

  private double epoch(List<Trial> trials) {
    double measured =
        pace.map(
                each ->
                    each.secondsPerRow()
                        * Optional.ofNullable(each.trainRows()).orElse(each.allRows()))
            .orElse(0d);
    double trained =
        trials.stream()
            .flatMap(each -> each.last().stream())
            .mapToDouble(leg -> leg.trainSeconds() / leg.epochs())
            .average()
            .orElse(measured);
    return trained + pace.map(Pace::evaluationSeconds).orElse(0d);
  }

  /** Of the first legs, which have made all epochs of their trials. */
  private double start(List<Trial> trials) {
    double evaluation = pace.map(Pace::evaluationSeconds).orElse(0d);
    return trials.stream()
        .filter(each -> !each.legs().isEmpty())
        .map(each -> each.legs().get(0))
        .mapToDouble(
            leg -> Math.max(0, leg.wallSeconds() - leg.trainSeconds() - leg.epochs() * evaluation))
        .average()
        .orElse(pace.map(Pace::startSeconds).orElse(0d));
  }
}
