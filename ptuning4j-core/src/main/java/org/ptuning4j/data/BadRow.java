package org.ptuning4j.data;

import java.util.Objects;

/**
 * A record of a data file that cannot be used.
 *
 * @param line the physical line on which the record starts, counted from 1
 * @param cause what is wrong with it and what would be right, for the person who has the file
 */
public record BadRow(int line, String cause) implements Entry {

  /** Checks that there is a line and a cause. */
  public BadRow {
    if (line < 1) {
      throw new IllegalArgumentException("line must be at least 1, is " + line);
    }
    Objects.requireNonNull(cause, "cause");
  }

  @Override
  public String toString() {
    return "line " + line + ": " + cause;
  }
}
