package org.ptuning4j.server.serving;

import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.task.Task;

/**
 * A task that is served.
 *
 * @param name its name on this server
 * @param task what it reads and answers
 * @param pack what its pack says of itself; empty where the model answers as it is
 * @param writes whether the model writes its answers, so that they may be streamed
 */
public record OfferedTask(String name, Task<?> task, Optional<PackFacts> pack, boolean writes) {

  /** Checks that everything is there. */
  public OfferedTask {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(pack, "pack");
  }
}
