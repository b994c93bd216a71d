package org.ptuning4j.tensor.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Torch;

/**
 * Two threads that each compute a half of something, with half of libtorch's threads each. Within
 * one operation threads have to wait for each other, some hundred times in a step of a small model;
 * two halves of a batch wait once. On two cores no operation is divided at all.
 *
 * <p>Two and no more: the gradients of two halves add up to the same bits in either order.
 */
public final class SideBySide implements AutoCloseable {

  private static final int HALVES = 2;

  private final ExecutorService workers;

  private SideBySide(ExecutorService workers) {
    this.workers = workers;
  }

  /** Starts the two threads; empty on a GPU and where libtorch has one thread only. */
  public static Optional<SideBySide> of(Engine engine) {
    int threads = Torch.threads();
    if (!engine.device().equals("cpu") || threads < HALVES) {
      return Optional.empty();
    }
    SideBySide halves = new SideBySide(Executors.newFixedThreadPool(HALVES, SideBySide::thread));
    halves.limitThreads(threads / HALVES);
    torch.set_num_threads(threads); // for this thread, and for those that start later
    return Optional.of(halves);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "half of a batch");
    thread.setDaemon(true);
    return thread;
  }

  /** Sets the limit in each of the threads, which OpenMP counts for each separately. */
  private void limitThreads(int limit) {
    CountDownLatch both = new CountDownLatch(HALVES);
    Supplier<Integer> set =
        () -> {
          Torch.threads(); // libtorch's own setting at first use would otherwise come later
          torch.set_num_threads(limit);
          both.countDown();
          awaitOther(both); // so that neither thread takes both
          return limit;
        };
    run(List.of(set, set));
  }

  private static void awaitOther(CountDownLatch both) {
    try {
      both.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while its threads were set up", e);
    }
  }

  /**
   * Computes the parts at the same time and waits for all of them.
   *
   * @return the results in the order of the parts
   * @throws RuntimeException what the first part that failed has thrown, an error as well; the
   *     others are at their end by then, so that what they work on may be freed
   */
  public <T> List<T> run(List<Supplier<T>> parts) {
    List<CompletableFuture<T>> running = new ArrayList<>();
    parts.forEach(part -> running.add(CompletableFuture.supplyAsync(part, workers)));
    Throwable failure = null;
    List<T> results = new ArrayList<>();
    for (CompletableFuture<T> each : running) {
      try {
        results.add(each.join());
      } catch (CompletionException e) {
        failure = failure == null ? e.getCause() : failure;
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure; // a Supplier throws nothing else
    }
    return results;
  }

  @Override
  public void close() {
    workers.shutdown();
  }
}
