package org.ptuning4j.hub.download;

import java.io.IOException;
import java.time.Duration;

/** A failure that may not occur at the next attempt. */
final class PassingException extends IOException {

  private static final long serialVersionUID = 1L;

  /** How long the server asks to wait; null if it does not say. */
  private final Duration wait;

  PassingException(String message, Duration wait, Throwable cause) {
    super(message, cause);
    this.wait = wait;
  }

  PassingException(String message) {
    this(message, null, null);
  }

  Duration wait(Duration otherwise) {
    return wait == null ? otherwise : wait;
  }
}
