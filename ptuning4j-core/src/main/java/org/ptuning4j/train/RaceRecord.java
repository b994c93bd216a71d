package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a race: the content of {@code restarts.json}, by which an interrupted one goes
 * on.
 *
 * @param rounds those that are over
 * @param seconds what the losers took to train
 * @param winner the name of the start that goes on; null until there is one
 */
record RaceRecord(List<Round> rounds, double seconds, String winner) {

  /** Copies the list. */
  RaceRecord {
    rounds = List.copyOf(rounds);
  }

  /**
   * A round.
   *
   * @param steps the steps that each start has made
   * @param losses the loss of each start on the sample, by its name, in the starts' order
   */
  record Round(int steps, Map<String, Double> losses) {

    /** Copies the losses. */
    Round {
      losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
    }

    /** The best of them, the best first; the earlier start where losses are equal. */
    List<String> best(int count) {
      return losses.entrySet().stream()
          .sorted(Map.Entry.comparingByValue())
          .limit(count)
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  /** Nothing yet. */
  static RaceRecord empty() {
    return new RaceRecord(List.of(), 0, null);
  }

  RaceRecord with(Round round, double more) {
    List<Round> all = new ArrayList<>(rounds);
    all.add(round);
    return new RaceRecord(all, seconds + more, winner);
  }

  RaceRecord wonBy(String start) {
    return new RaceRecord(rounds, seconds, start);
  }
}
