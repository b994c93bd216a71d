package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tasks in memory, by name. A task that is removed or replaced is closed when the last of those who
 * use it lets it go, so that neither waits for the other. Thread-safe.
 */
final class LoadedTasks implements AutoCloseable {

  /** A task with the number of those who use it; the guard is that of the tasks. */
  private static final class Slot {

    private final ServedTask task;
    private int users;
    private boolean retired;

    Slot(ServedTask task) {
      this.task = task;
    }
  }

  private final Object guard = new Object();
  private final Map<String, Slot> byName = new LinkedHashMap<>();
  private int unclosed; // slots, also retired ones in use, and those that are being loaded
  private boolean closed;

  /**
   * Puts a task in its place, when it is loaded; an earlier one of that name goes on until then.
   *
   * @param loading makes the task; others may be loaded and used meanwhile
   * @throws IllegalStateException if all was closed
   */
  void put(Supplier<ServedTask> loading) {
    synchronized (guard) {
      requireOpen();
      unclosed++; // from now on, so that what it is loaded with is not closed under it
    }
    ServedTask task;
    try {
      task = loading.get();
    } catch (RuntimeException | Error e) {
      countClosed();
      throw e;
    }
    Slot slot = new Slot(task);
    List<Slot> unused = new ArrayList<>();
    boolean late;
    synchronized (guard) {
      late = closed;
      retire(late ? slot : byName.put(task.name(), slot), unused);
    }
    unused.forEach(this::discard);
    if (late) {
      throw closed();
    }
  }

  /** Takes a task away; nothing happens if there is none of that name. */
  void remove(String name) {
    List<Slot> unused = new ArrayList<>();
    synchronized (guard) {
      retire(byName.remove(name), unused);
    }
    unused.forEach(this::discard);
  }

  /** Holds a task for use; empty if there is none of that name. */
  Optional<Lease> lease(String name) {
    synchronized (guard) {
      requireOpen();
      Slot slot = byName.get(name);
      if (slot == null) {
        return Optional.empty();
      }
      slot.users++;
      return Optional.of(new Lease(slot.task, () -> letGo(slot)));
    }
  }

  /** The names, in the order in which they came. */
  List<String> names() {
    synchronized (guard) {
      return List.copyOf(byName.keySet());
    }
  }

  /**
   * Makes sure that it is still open.
   *
   * @throws IllegalStateException if it is not
   */
  void requireOpen() {
    synchronized (guard) {
      if (closed) {
        throw closed();
      }
    }
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the predictor is closed");
  }

  /** Under the guard. */
  private static void retire(Slot slotOrNull, List<Slot> unused) {
    if (slotOrNull != null) {
      slotOrNull.retired = true;
      if (slotOrNull.users == 0) {
        unused.add(slotOrNull);
      }
    }
  }

  private void letGo(Slot slot) {
    boolean last;
    synchronized (guard) {
      slot.users--;
      last = slot.retired && slot.users == 0;
    }
    if (last) {
      discard(slot);
    }
  }

  private void discard(Slot slot) {
    try {
      slot.task.close();
    } finally {
      countClosed();
    }
  }

  private void countClosed() {
    synchronized (guard) {
      unclosed--;
      guard.notifyAll();
    }
  }

  /** Lets nobody in any more, and waits until the last user has let go. Twice is once. */
  @Override
  public void close() {
    List<Slot> unused = new ArrayList<>();
    synchronized (guard) {
      closed = true;
      byName.values().forEach(slot -> retire(slot, unused));
      byName.clear();
    }
    unused.forEach(this::discard);
    awaitUsers();
  }

  private void awaitUsers() {
    boolean interrupted = false;
    synchronized (guard) {
      while (unclosed > 0) {
        try {
          guard.wait();
        } catch (InterruptedException e) {
          interrupted = true; // what is in use cannot be closed
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
