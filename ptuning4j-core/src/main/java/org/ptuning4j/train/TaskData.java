package org.ptuning4j.train;

import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;

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
    TaskName.require(name);
  }
}
