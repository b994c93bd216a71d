package org.ptuning4j.hub.download;

import java.io.IOException;

/** What arrived is not what was announced, even when it is fetched once more. */
public final class DamagedException extends IOException {

  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}
