package org.ptuning4j.spark.training;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * Ends a worker that does not notice that its stage is over, as one that hangs: until it ends, it
 * holds the slot that the next attempt needs. It is interrupted, and if it goes on, its executor is
 * ended; Spark starts another one. Spark's own task reaper does the same where it is switched on.
 */
final class HangGuard {

  private static final long POLL_MILLIS = 200;

  /** The exit code of an executor that is ended; Spark's own are below. */
  private static final int CODE = 77;

  /** What Spark calls the executor that is in the driver's process. */
  private static final String DRIVER = "driver";

  private final TaskContext task;
  private final Thread worker;
  private final Duration patience;
  private final Thread watching;
  private boolean over; // guarded by this

  private HangGuard(TaskContext task, Thread worker, Duration patience) {
    this.task = task;
    this.worker = worker;
    this.patience = patience;
    this.watching = new Thread(this::watch, "hang-guard");
    watching.setDaemon(true);
  }

  /**
   * Does something in this thread, and guards it.
   *
   * @param patience how long it may go on after it was interrupted
   */
  static <T> T guarded(TaskContext task, Duration patience, Supplier<T> work) {
    HangGuard guard = new HangGuard(task, Thread.currentThread(), patience);
    guard.watching.start();
    try {
      return work.get();
    } finally {
      guard.end();
    }
  }

  private void watch() {
    try {
      while (!task.isInterrupted()) {
        Thread.sleep(POLL_MILLIS);
      }
      synchronized (this) {
        if (over) {
          return;
        }
        worker.interrupt();
      }
      Thread.sleep(patience.toMillis());
      endExecutor();
    } catch (InterruptedException e) {
      // The worker has ended.
    }
  }

  private synchronized void endExecutor() {
    boolean local = DRIVER.equals(SparkEnv.get().executorId());
    if (!over && !local) {
      System.err.println("ptuning4j: a worker hangs; its executor is ended"); // its log
      Runtime.getRuntime().halt(CODE);
    }
  }

  private synchronized void end() {
    over = true;
    watching.interrupt();
    Thread.interrupted(); // what was meant for the work is not for what comes after it
  }
}
