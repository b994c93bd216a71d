package org.ptuning4j.prompt.initialisation;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;

/** How a prompt starts. */
public enum NormalInitialisation {
  /** N(0, 0.02²), as P-Tuning v2 has it. */
  NORMAL(0.02),
  /** N(0, 1), as PEFT has it. */
  UNIT_NORMAL(1),
  /** All zeros. */
  ZERO(0);

  private final double deviation;

  NormalInitialisation(double deviation) {
    this.deviation = deviation;
  }

  /** The standard deviation of the entries. */
  public double deviation() {
    return deviation;
  }

  /** As it is written in files and on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads what {@link #label} writes. */
  public static NormalInitialisation parse(String text) {
    for (NormalInitialisation initialisation : values()) {
      if (initialisation.label().equals(text)) {
        return initialisation;
      }
    }
    throw InvalidInputException.of("init: '%s' is not one of normal, unit-normal, zero", text);
  }
}
