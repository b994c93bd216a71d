package org.ptuning4j.cli.terminal;

import java.util.concurrent.CountDownLatch;

/**
 * While open, Ctrl-C and SIGTERM end the work in an orderly way: the work is told to stop, and the
 * process waits until this is closed, when all is saved. The exit code is then the system's own for
 * the signal, 130 or 143.
 */
public final class StopOnSignal implements AutoCloseable {

  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean stopped;

  public StopOnSignal(Runnable stop, Console console) {
    this(
        () -> {
          console.say("\nStopping; the run is being saved.");
          stop.run();
        });
  }

  private StopOnSignal(Runnable stop) {
    hook =
        new Thread(
            () -> {
              stopped = true;
              stop.run();
              awaitSaved();
            },
            "stop-on-signal");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The same without a word, where another process says it. */
  public static StopOnSignal silent(Runnable stop) {
    return new StopOnSignal(stop);
  }

  /** Whether a signal has come. */
  public boolean isStopped() {
    return stopped;
  }

  private void awaitSaved() {
    try {
      saved.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    saved.countDown();
    if (!stopped) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came this very moment; the hook finds that all is saved.
        stopped = true;
      }
    }
  }
}
