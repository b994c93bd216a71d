package org.ptuning4j.generate;

import java.util.Locale;

/** Why a continuation ended. */
public enum Ending {
  /** The model gave a token that ends texts. */
  END_TOKEN,
  /** One of the stop strings was met. */
  STOP_STRING,
  /** As many tokens as are allowed, or as the model has positions for. */
  LENGTH;

  /** As it is written in files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
