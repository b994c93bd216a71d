package org.ptuning4j.server.serving;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A question that was asked.
 *
 * @param result which never fails to come
 * @param giveUp says that nobody waits for it any more
 */
public record Asked(CompletableFuture<Result> result, Runnable giveUp) {

  /** Checks that both are there. */
  public Asked {
    Objects.requireNonNull(result, "result");
    Objects.requireNonNull(giveUp, "giveUp");
  }
}
