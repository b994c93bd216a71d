package org.ptuning4j.task;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ptuning4j.Fields;

/**
 * Tasks and kinds of tasks that a jar on the class path brings: a class that implements this, has a
 * constructor without parameters, and is named in {@code
 * META-INF/services/org.ptuning4j.task.TaskProvider}.
 */
public interface TaskProvider {

  /** Tasks that can be asked for by name. */
  default List<Task<?>> tasks() {
    return List.of();
  }

  /** By the kind's name, what makes a task of its definition, as a pack or a file has it. */
  default Map<String, Function<Fields, Task<?>>> kinds() {
    return Map.of();
  }
}
