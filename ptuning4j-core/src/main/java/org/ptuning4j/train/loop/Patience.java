package org.ptuning4j.train.loop;

import java.util.Optional;

/**
 * Counts the evaluations since the last one that was better: better than the one that was the best
 * of those that counted, by more than a least difference of the deciding metric. Without a least
 * difference the lower loss makes an evaluation of the same metric better.
 *
 * @param most how many are borne; 0 for any number
 * @param minDelta the least difference, 0 or more
 */
record Patience(int most, double minDelta) {

  /**
   * What is remembered.
   *
   * @param mark the evaluation that later ones are measured by; empty before the first
   * @param since evaluations since then
   */
  record State(Optional<Standing> mark, int since) {}

  /** What is remembered after another evaluation. */
  State after(State before, Standing standing) {
    boolean better = before.mark().map(mark -> isBetter(standing, mark)).orElse(true);
    return better
        ? new State(Optional.of(standing), 0)
        : new State(before.mark(), before.since() + 1);
  }

  private boolean isBetter(Standing now, Standing mark) {
    if (minDelta == 0 || mark.primary().isEmpty() || now.primary().isEmpty()) {
      return now.compareTo(mark) > 0;
    }
    return now.primary().getAsDouble() - mark.primary().getAsDouble() > minDelta;
  }

  /** Whether it is over. */
  boolean isExhausted(State state) {
    return most > 0 && state.since() >= most;
  }
}
