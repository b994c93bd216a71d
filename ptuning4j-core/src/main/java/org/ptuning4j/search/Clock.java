package org.ptuning4j.search;

import java.util.function.DoubleConsumer;

/** How long a search has taken, all its calls together. */
final class Clock {

  private final double before;
  private final long start = System.nanoTime();
  private final DoubleConsumer keep;

  /**
   * A clock that goes on.
   *
   * @param before the seconds of earlier calls
   * @param keep where the seconds of all calls are kept
   */
  Clock(double before, DoubleConsumer keep) {
    this.before = before;
    this.keep = keep;
  }

  double seconds() {
    return before + (System.nanoTime() - start) / 1e9;
  }

  /** Keeps what was spent, for a call that goes on after this one was killed. */
  synchronized void save() {
    keep.accept(seconds());
  }
}
