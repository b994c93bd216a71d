package org.ptuning4j.cli.terminal;

/**
 * The reader of standard output is gone, as {@code head} leaves early: a reason to end, not an
 * error.
 */
public final class ClosedPipeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClosedPipeException(Throwable cause) {
    super("standard output was closed", cause);
  }
}
