package org.ptuning4j.train.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Workers that are threads of one process. */
public final class Threads {

  private final CyclicBarrier barrier;
  private final Object[] brought;

  private Threads(int workers) {
    this.barrier = new CyclicBarrier(workers);
    this.brought = new Object[workers];
  }

  /** Runs something as so many workers; their results in order. */
  public static <T> List<T> run(int workers, Function<GradientExchange, T> work) {
    Threads threads = new Threads(workers);
    return each(workers, rank -> work.apply(threads.worker(rank)));
  }

  /** Runs something in a thread for each rank. */
  static <T> List<T> each(int workers, Function<Integer, T> work) {
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int rank = 0; rank < workers; rank++) {
        int own = rank;
        futures.add(pool.submit(() -> work.apply(own)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      pool.shutdownNow();
    }
  }

  private GradientExchange worker(int rank) {
    return new GradientExchange() {
      @Override
      public int workers() {
        return brought.length;
      }

      @Override
      public int rank() {
        return rank;
      }

      @Override
      public void sum(float[] values) {
        float[] sums = new float[values.length];
        for (Object each : exchanged(rank, values.clone())) {
          float[] others = (float[]) each;
          for (int i = 0; i < sums.length; i++) {
            sums[i] += others[i];
          }
        }
        System.arraycopy(sums, 0, values, 0, sums.length);
      }

      @Override
      public List<byte[]> gather(byte[] own) {
        return exchanged(rank, own).stream().map(each -> (byte[]) each).toList();
      }

      @Override
      public void close() {
        // Nothing to close.
      }
    };
  }

  private List<Object> exchanged(int rank, Object own) {
    brought[rank] = own;
    await();
    List<Object> all = List.of(brought);
    await(); // nobody brings the next before all have taken these
    return all;
  }

  private void await() {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new ExchangeException("a worker ended", e);
    }
  }
}
