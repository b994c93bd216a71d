package org.ptuning4j.hub.download;

import java.io.IOException;

/** The content is not what the server announced, even after a second fetch. */
public final class DamagedException extends IOException {

  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}
