package org.ptuning4j.hub.download;

import java.io.IOException;

/** The server now has another file under the same address than it said before. */
public final class ChangedException extends IOException {

  private static final long serialVersionUID = 1L;

  ChangedException(String message) {
    super(message);
  }
}
