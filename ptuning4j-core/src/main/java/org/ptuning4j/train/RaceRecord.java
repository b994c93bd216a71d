package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of a race: the content of {@code restarts.json}, by which an interrupted one goes
 * on.
 *
 * @param rounds those that are over
 * @param seconds what the losers took to train
 * @param winner the seed that goes on; null until there is one
 */
record RaceRecord(List<Round> rounds, double seconds, Long winner) {

  /** Copies the list. */
  RaceRecord {
    rounds = List.copyOf(rounds);
  }

  /**
   * A round.
   *
   * @param steps the steps that each start has made
   * @param losses the loss of each start on the sample, by its seed
   */
  record Round(int steps, Map<Long, Double> losses) {

    /** Sorts the losses. */
    Round {
      losses = new TreeMap<>(losses);
    }

    /** The best of them, the best first; the lower seed where losses are equal. */
    List<Long> best(int count) {
      return losses.entrySet().stream()
          .sorted(
              Map.Entry.<Long, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
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

  RaceRecord wonBy(long seed) {
    return new RaceRecord(rounds, seconds, seed);
  }
}
