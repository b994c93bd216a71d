package org.ptuning4j.predict;

import java.util.concurrent.atomic.AtomicBoolean;

/** A hold on a task that is in use: it is not closed before it has been let go. */
final class Lease implements AutoCloseable {

  private final ServedTask task;
  private final Runnable letGo;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Lease(ServedTask task, Runnable letGo) {
    this.task = task;
    this.letGo = letGo;
  }

  ServedTask task() {
    return task;
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      letGo.run();
    }
  }
}
