package org.ptuning4j.search;

import org.ptuning4j.train.run.TrainingListener;

/** Watches a search. Does nothing unless overridden. */
public interface SearchListener {

  /** The search found how long trials take, and what fits the time. */
  default void paced(Pace pace) {}

  /**
   * A trial begins, or goes on.
   *
   * @param epochs to how many it goes
   */
  default void begins(Trial trial, int epochs) {}

  /**
   * A trial came as far as it was sent, failed, or ran out of time.
   *
   * @param standing of the search as a whole
   */
  default void paused(Trial trial, Standing standing) {}

  /** The settings of a trial are trained with another seed. */
  default void repeats(Trial trial, long seed) {}

  /** A repetition is over; it is the trial's last. */
  default void repeated(Trial trial, Standing standing) {}

  /** Watches the training of a trial. */
  default TrainingListener training() {
    return TrainingListener.silent();
  }

  /**
   * How far a search is.
   *
   * @param trials how many were begun
   * @param best the best so far; null while there is none
   * @param spentSeconds by the clock
   * @param leftSeconds until the end, at most; NaN where only trials are counted
   */
  record Standing(int trials, Trial best, double spentSeconds, double leftSeconds) {}
}
