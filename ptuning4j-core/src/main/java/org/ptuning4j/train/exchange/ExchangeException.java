package org.ptuning4j.train.exchange;

/**
 * The workers of a run lost each other: one ended, hangs, or never came. The others cannot go on;
 * the run is resumed from its last checkpoint.
 */
public final class ExchangeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A lost connection.
   *
   * @param message which worker noticed it, and how
   */
  public ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
