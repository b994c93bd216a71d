package org.ptuning4j.train;

import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.Task;

/**
 * A task with its files, as one of several that share a prompt.
 *
 * @param name what its pack is called
 * @param task the task
 * @param data its files
 */
public record TaskData(String name, Task<?> task, TrainingData data) {

  /** Checks the name, which becomes a folder's. */
  public TaskData {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw InvalidInputException.of(
          "task name '%s' may have letters, digits, - and _ only (and at least one)", name);
    }
  }
}
