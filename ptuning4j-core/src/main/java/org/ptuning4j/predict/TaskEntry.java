package org.ptuning4j.predict;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A name, and how its task is loaded; the guard is that of all tasks. */
final class TaskEntry {

  private final String name;
  private final ResidentTasks.Finder loader;
  private final boolean put;
  private Optional<ResidentTask> resident = Optional.empty();
  private Optional<CompletableFuture<Boolean>> loading = Optional.empty();
  private Optional<Description> description = Optional.empty();

  /**
   * A name without a task in memory.
   *
   * @param put whether it was put by hand, and not found by the finder
   */
  TaskEntry(String name, ResidentTasks.Finder loader, boolean put) {
    this.name = name;
    this.loader = loader;
    this.put = put;
  }

  String name() {
    return name;
  }

  boolean isPut() {
    return put;
  }

  /** Its task, made anew; empty if there is none of that name. */
  Optional<ResidentTask> load() {
    return loader.load(name).map(ResidentTask::new);
  }

  /** Its task, if it is in memory. */
  Optional<ResidentTask> resident() {
    return resident;
  }

  void install(ResidentTask task) {
    resident = Optional.of(task);
    description = Optional.of(task.task().description());
  }

  void drop() {
    resident = Optional.empty();
  }

  /** What it was when it was last loaded. */
  Optional<Description> description() {
    return description;
  }

  /** Ends with whether it was found, while somebody loads it. */
  Optional<CompletableFuture<Boolean>> loading() {
    return loading;
  }

  void beginLoading(CompletableFuture<Boolean> found) {
    loading = Optional.of(found);
  }

  void endLoading() {
    loading = Optional.empty();
  }
}
