package org.ptuning4j.train.loop;

import java.util.Comparator;
import java.util.OptionalDouble;

/**
 * How evaluations rank: the higher primary metric wins, and among equal ones the lower loss. An
 * evaluation whose primary metric is undefined ranks below all that have one; among such
 * evaluations the loss decides.
 *
 * @param primary the metric that decides; empty where it is undefined
 * @param loss the mean loss on the evaluation data, finite
 */
record Standing(OptionalDouble primary, double loss) implements Comparable<Standing> {

  private static final Comparator<Standing> ORDER =
      Comparator.<Standing>comparingDouble(each -> each.primary.orElse(Double.NEGATIVE_INFINITY))
          .thenComparing(Comparator.<Standing>comparingDouble(each -> each.loss).reversed());

  /** Requires finite numbers. */
  Standing {
    if (!Double.isFinite(primary.orElse(0)) || !Double.isFinite(loss)) {
      throw new IllegalArgumentException(
          "primary metric " + primary + " and loss " + loss + " must be finite");
    }
  }

  /** The better one is the greater. */
  @Override
  public int compareTo(Standing other) {
    return ORDER.compare(this, other);
  }
}
