package org.ptuning4j.cli.terminal;

/** Whoever read standard output has gone, as {@code head} does: a reason to end, not an error. */
final class ClosedPipeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClosedPipeException(Throwable cause) {
    super("standard output was closed", cause);
  }
}
