package org.ptuning4j.server.auth;

import java.util.Objects;
import java.util.Set;

/**
 * Who asks.
 *
 * @param name of the key, for logs
 * @param tasks that may be asked; {@link #ALL} among them for every task
 * @param administers whether packs may be loaded and removed
 */
public record Caller(String name, Set<String> tasks, boolean administers) {

  /** Stands for every task. */
  public static final String ALL = "*";

  /** Whoever reaches a server without keys. */
  public static final Caller ANYONE = new Caller("anyone", Set.of(ALL), true);

  /** Copies the set. */
  public Caller {
    Objects.requireNonNull(name, "name");
    tasks = Set.copyOf(tasks);
  }

  /** Whether a task may be asked. */
  public boolean mayAsk(String task) {
    return tasks.contains(ALL) || tasks.contains(task);
  }
}
