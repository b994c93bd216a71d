package org.ptuning4j.search;

import java.util.Optional;
import org.ptuning4j.InvalidInputException;

/**
 * When a search ends: after some time or some trials, whichever comes first.
 *
 * @param minutes by the clock, all calls of a search together; empty for no limit
 * @param trials trials that are begun, repetitions of the best apart; empty for no limit
 * @param finalSeeds with how many seeds the best are trained in the end, 1 or more
 */
public record SearchBudget(Optional<Double> minutes, Optional<Integer> trials, int finalSeeds) {

  /** How many of the best are trained with several seeds. */
  public static final int FINALISTS = 2;

  private static final int MOST_SEEDS = 20;

  /** Checks the ranges. */
  public SearchBudget {
    if (minutes.isEmpty() && trials.isEmpty()) {
      throw InvalidInputException.of("minutes: a search needs an end: minutes or trials");
    }
    minutes.ifPresent(
        value -> {
          if (!(value > 0 && value < Integer.MAX_VALUE)) {
            throw InvalidInputException.of("minutes: %s must be more than 0", value);
          }
        });
    trials.ifPresent(
        value -> {
          if (value < 1) {
            throw InvalidInputException.of("trials: %d must be 1 or more", value);
          }
        });
    if (finalSeeds < 1 || finalSeeds > MOST_SEEDS) {
      throw InvalidInputException.of("final-seeds: %d must be 1 to %d", finalSeeds, MOST_SEEDS);
    }
  }

  /** The seconds that there are; infinite without a limit. */
  double seconds() {
    return minutes.map(value -> 60 * value).orElse(Double.POSITIVE_INFINITY);
  }

  /** How many trials may still be begun. */
  int left(int begun) {
    return trials.map(most -> Math.max(0, most - begun)).orElse(Integer.MAX_VALUE);
  }
}
