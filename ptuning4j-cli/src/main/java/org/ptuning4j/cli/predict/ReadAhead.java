package org.ptuning4j.cli.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Reads an input in a thread of its own, so that batches hold what has come: many rows where they
 * wait already, a single one where they are typed.
 */
final class ReadAhead implements AutoCloseable {

  private static final int CAPACITY = 1024;

  private final BlockingQueue<Step> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final Thread reader;
  private boolean ended;

  /** An item, the end, or what ended it too early. */
  private record Step(Optional<PredictionInput.Item> item, RuntimeException failure) {}

  ReadAhead(PredictionInput input) {
    reader = new Thread(() -> read(input), "read-ahead");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(PredictionInput input) {
    try {
      Optional<PredictionInput.Item> item = input.next();
      while (item.isPresent()) {
        queue.put(new Step(item, null));
        item = input.next();
      }
      queue.put(new Step(Optional.empty(), null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      putFailure(e);
    }
  }

  private void putFailure(RuntimeException failure) {
    try {
      queue.put(new Step(Optional.empty(), failure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the next item and takes those that have come by then; nothing at the end. */
  List<PredictionInput.Item> take(int most) {
    List<PredictionInput.Item> items = new ArrayList<>();
    try {
      while (!ended && items.size() < most) {
        Step step = items.isEmpty() ? queue.take() : queue.poll();
        if (step == null) {
          break;
        }
        if (step.failure() != null) {
          throw step.failure();
        }
        step.item().ifPresent(items::add);
        ended = step.item().isEmpty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return items;
  }

  @Override
  public void close() {
    reader.interrupt();
  }
}
