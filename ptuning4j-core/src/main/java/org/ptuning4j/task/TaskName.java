package org.ptuning4j.task;

import org.ptuning4j.InvalidInputException;

/** What a task may be called: it names files and is typed on command lines. */
public final class TaskName {

  private TaskName() {}

  /** Makes sure that there are letters, digits, {@code -} and {@code _} only. */
  public static void require(String name) {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw InvalidInputException.of(
          "task name '%s' may have letters, digits, - and _ only (and at least one)", name);
    }
  }
}
