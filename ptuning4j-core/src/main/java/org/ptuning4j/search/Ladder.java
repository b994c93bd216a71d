package org.ptuning4j.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * After how many epochs trials are compared. Of those that came so far, the best third goes on to
 * the next rung, from where it was (asynchronous successive halving, Li et al., arXiv 1810.05934).
 *
 * @param rungs epochs, ascending; the last are those of a whole run
 */
public record Ladder(List<Integer> rungs) {

  /** One in so many goes on. */
  public static final int FACTOR = 3;

  private static final int MOST_RUNGS = 3;

  /** Checks the order. */
  public Ladder {
    rungs = List.copyOf(rungs);
    for (int i = 0; i < rungs.size(); i++) {
      if (rungs.get(i) < 1 || (i > 0 && rungs.get(i) <= rungs.get(i - 1))) {
        throw InvalidInputException.of("rungs: %s must be ascending and 1 or more", rungs);
      }
    }
    if (rungs.isEmpty()) {
      throw InvalidInputException.of("rungs: there must be one at least");
    }
  }

  /** The rungs of runs of so many epochs: a third of them, a ninth. */
  public static Ladder of(int epochs) {
    List<Integer> rungs = new ArrayList<>(List.of(epochs));
    int next = epochs / FACTOR;
    while (next >= 1 && rungs.size() < MOST_RUNGS) {
      rungs.add(next);
      next /= FACTOR;
    }
    Collections.reverse(rungs);
    return new Ladder(rungs);
  }

  /** The epochs of the first comparison. */
  public int first() {
    return rungs.get(0);
  }

  /** The epochs of a whole run. */
  public int last() {
    return rungs.get(rungs.size() - 1);
  }
}
