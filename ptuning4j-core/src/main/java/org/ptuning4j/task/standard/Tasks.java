package org.ptuning4j.task.standard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.Spelling;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskProvider;

/** Tasks by name: the built-in ones and the user's own. Immutable. */
public final class Tasks {

  private final Map<String, Task<?>> byKey;

  private Tasks(Map<String, Task<?>> byKey) {
    this.byKey = byKey;
  }

  /** The built-in tasks: those of SuperGLUE and SST-2, entities, semantic roles, questions. */
  public static Tasks standard() {
    Tasks tasks = new Tasks(new LinkedHashMap<>());
    for (Task<?> task : StandardTasks.all()) {
      tasks = tasks.with(task);
    }
    return tasks;
  }

  /** The built-in tasks and those of extensions on the class path. */
  public static Tasks installed() {
    Tasks tasks = standard();
    for (TaskProvider provider : Extensions.of(TaskProvider.class)) {
      for (Task<?> task : provider.tasks()) {
        tasks = tasks.with(task);
      }
    }
    return tasks;
  }

  /**
   * These tasks and one more.
   *
   * @throws InvalidInputException where there is one of that name already
   */
  public Tasks with(Task<?> task) {
    Map<String, Task<?>> more = new LinkedHashMap<>(byKey);
    if (more.put(key(task.name()), task) != null) {
      throw InvalidInputException.of(
          "there is a task '%s' already; choose another name", task.name());
    }
    return new Tasks(more);
  }

  /**
   * The task of that name; upper and lower case, {@code -} and {@code _} do not matter.
   *
   * @throws InvalidInputException listing the tasks that there are
   */
  public Task<?> get(String name) {
    Task<?> task = byKey.get(key(name));
    if (task == null) {
      String guess =
          Spelling.closest(name, names()).map(n -> "; did you mean '" + n + "'?").orElse("");
      throw InvalidInputException.of(
          "no task '%s'; there are: %s%s (or name the columns: %s COL [%s COL] %s COL)",
          name,
          String.join(", ", names()),
          guess,
          new SettingName("text"),
          new SettingName("pair"),
          new SettingName("label"));
    }
    return task;
  }

  /** All tasks in the order in which they were added. */
  public List<Task<?>> all() {
    return List.copyOf(byKey.values());
  }

  /** The names of all tasks. */
  public List<String> names() {
    return byKey.values().stream().map(task -> task.name()).toList();
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
  }
}
