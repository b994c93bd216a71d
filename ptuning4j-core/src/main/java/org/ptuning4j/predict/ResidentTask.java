package org.ptuning4j.predict;

/** A task in memory with the number of those who use it; the guard is that of all tasks. */
final class ResidentTask {

  private final ServedTask task;
  private final long bytes;
  private int users;
  private boolean retired;

  ResidentTask(ServedTask task) {
    this.task = task;
    this.bytes = task.bytes();
  }

  ServedTask task() {
    return task;
  }

  long bytes() {
    return bytes;
  }

  int users() {
    return users;
  }

  boolean isUsed() {
    return users > 0;
  }

  void use() {
    users++;
  }

  void letGo() {
    users--;
  }

  /** Nobody new uses it: it was removed, replaced or dropped. */
  void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
  }
}
