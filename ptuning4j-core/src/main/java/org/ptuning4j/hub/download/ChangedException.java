package org.ptuning4j.hub.download;

import java.io.IOException;

/** At this address the server now has another file than before. */
public final class ChangedException extends IOException {

  private static final long serialVersionUID = 1L;

  ChangedException(String message) {
    super(message);
  }
}
