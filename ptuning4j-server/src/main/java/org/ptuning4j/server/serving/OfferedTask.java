package org.ptuning4j.server.serving;

import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.task.Task;

/**
 * A task that is served.
 *
 * @param name its name on this server
 * @param task what it reads and answers
 * @param pack what its pack says of itself; empty where the model answers as it is
 * @param writing how the model writes its answers, unless a request says otherwise; empty where it
 *     does not write them
 */
public record OfferedTask(
    String name, Task<?> task, Optional<PackFacts> pack, Optional<GenerationSettings> writing) {

  /** Checks that everything is there. */
  public OfferedTask {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(pack, "pack");
    Objects.requireNonNull(writing, "writing");
  }
}
