package org.ptuning4j.train.objective;

import java.util.Locale;
import org.ptuning4j.tensor.engine.Machine;

/** The memory that a run may spend on keeping what it could also compute again. */
public final class MemoryBudget {

  /**
   * At most this part of the machine's memory, one fourth, is used; the rest is needed elsewhere.
   */
  private static final int PART = 4;

  private final long total;
  private long left;

  /** A quarter of the machine's memory. */
  public MemoryBudget() {
    this(Machine.totalMemoryBytes() / PART);
  }

  public MemoryBudget(long bytes) {
    this.total = bytes;
    this.left = bytes;
  }

  /** Takes some of it, if that much is left. */
  boolean take(long bytes) {
    if (bytes > left) {
      return false;
    }
    left -= bytes;
    return true;
  }

  /** The message for what does not fit. */
  String refusal(String what, long bytes) {
    return String.format(
        Locale.ROOT,
        "%s but would take %.1f GB, and %.1f of %.1f GB are left for it: they are computed again in"
            + " every epoch",
        what,
        bytes / 1e9,
        left / 1e9,
        total / 1e9);
  }
}
