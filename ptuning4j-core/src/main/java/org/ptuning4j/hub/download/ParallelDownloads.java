package org.ptuning4j.hub.download;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Runs several downloads at once; the first that fails stops the others. */
public final class ParallelDownloads {

  private static final int AT_ONCE = 4;

  private ParallelDownloads() {}

  /** One of them. */
  @FunctionalInterface
  public interface Download {

    /** Fetches. */
    void run() throws IOException;
  }

  /**
   * Runs them all.
   *
   * @throws IOException the first failure
   */
  public static void run(List<Download> downloads) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(AT_ONCE, downloads.size())),
            task -> {
              Thread thread = new Thread(task, "download");
              thread.setDaemon(true);
              return thread;
            });
    try {
      CompletionService<Void> done = new ExecutorCompletionService<>(threads);
      downloads.forEach(
          download ->
              done.submit(
                  () -> {
                    download.run();
                    return null;
                  }));
      for (int i = 0; i < downloads.size(); i++) {
        done.take().get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    } finally {
      end(threads);
    }
  }

  /** Interrupts what still runs, and waits: a lock must not outlive the call. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static IOException unwrapped(Throwable failure) {
    if (failure instanceof IOException io) {
      return io;
    }
    if (failure instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return new IOException(failure);
  }
}
