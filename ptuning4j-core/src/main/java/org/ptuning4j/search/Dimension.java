package org.ptuning4j.search;

import org.ptuning4j.InvalidInputException;

/**
 * A setting that is searched.
 *
 * @param setting its name, as {@code prompt-length}; {@code method} for the method itself
 * @param domain which values of it
 */
public record Dimension(String setting, Domain domain) {

  /** The name of the dimension that is the method itself. */
  public static final String METHOD = "method";

  /** The name of the learning rate's. */
  public static final String RATE = "lr";

  /** Checks the name. */
  public Dimension {
    if (setting.isBlank()) {
      throw InvalidInputException.of("over: a setting must have a name");
    }
  }
}
