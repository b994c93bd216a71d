package org.ptuning4j.prompt.form;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;

/**
 * Where the text's positions begin when a deep prompt stands before it. A prompt trained one way is
 * wrong the other way, so the convention is saved with it.
 */
public enum PositionConvention {
  /** At P, as P-Tuning v2's code has it: P plus the text's length must fit the position table. */
  SHIFTED,
  /** At 0, as without a prompt. */
  UNSHIFTED;

  /** By how much a prompt of this length moves the text. */
  public int shift(int length) {
    return this == SHIFTED ? length : 0;
  }

  /** As it is written in files and on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads what {@link #label} writes. */
  public static PositionConvention parse(String text) {
    for (PositionConvention convention : values()) {
      if (convention.label().equals(text)) {
        return convention;
      }
    }
    throw InvalidInputException.of("positions: '%s' is not one of shifted, unshifted", text);
  }
}
