package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Tasks by name, and those of them that are in memory. Who uses a task holds a lease on it; a task
 * that is removed, replaced or dropped to keep the limit of memory is closed when the last lease
 * ends, so that neither side waits for the other. Packs are loaded outside of the guard, one of a
 * name once. Thread-safe.
 */
final class ResidentTasks implements AutoCloseable {

  /** Finds and loads a task that nobody put here; empty if there is none of that name. */
  @FunctionalInterface
  interface Finder {
    Optional<ServedTask> load(String name);
  }

  private final Object guard = new Object();
  private final Finder finder;
  private final long limit;
  private final Map<String, TaskEntry> entries = new LinkedHashMap<>();
  private final Set<TaskEntry> recency =
      new LinkedHashSet<>(); // those in memory, the oldest use first
  private long bytes;
  private long hits;
  private long loads;
  private long evictions;
  private int unclosed; // tasks, also retired ones in use, and those that are being loaded
  private boolean closed;

  /**
   * No tasks yet.
   *
   * @param finder finds tasks that are not put here
   * @param limit the bytes that tasks may take
   */
  ResidentTasks(Finder finder, long limit) {
    this.finder = finder;
    this.limit = limit;
  }

  /**
   * Puts a task in its place, when it is loaded; an earlier one of that name goes on until then.
   *
   * @param loading makes the task, now and whenever it was dropped; others may be loaded and used
   *     meanwhile
   * @throws IllegalStateException if all was closed
   */
  void put(String name, Supplier<ServedTask> loading) {
    TaskEntry entry = new TaskEntry(name, any -> Optional.of(loading.get()), true);
    ResidentTask resident = loaded(entry).orElseThrow();
    List<ResidentTask> unused = new ArrayList<>();
    boolean late;
    synchronized (guard) {
      late = closed;
      if (late) {
        retire(resident, unused);
      } else {
        drop(entries.put(name, entry), unused);
        install(entry, resident, unused);
      }
    }
    unused.forEach(this::discard);
    if (late) {
      throw closed();
    }
  }

  /** Takes a task away; nothing happens if there is none of that name. */
  void remove(String name) {
    List<ResidentTask> unused = new ArrayList<>();
    synchronized (guard) {
      drop(entries.remove(name), unused);
    }
    unused.forEach(this::discard);
  }

  /**
   * Holds a task for use; loads it if it is not in memory.
   *
   * @return empty if there is none of that name
   * @throws RuntimeException what keeps it from being loaded
   */
  Optional<Lease> lease(String name) {
    while (true) {
      CompletableFuture<Boolean> loading = new CompletableFuture<>();
      TaskEntry entry;
      boolean mine;
      synchronized (guard) {
        requireOpen();
        entry = entries.computeIfAbsent(name, key -> new TaskEntry(key, finder, false));
        if (entry.resident().isPresent()) {
          hits++;
          return Optional.of(use(entry, entry.resident().get()));
        }
        mine = entry.loading().isEmpty();
        if (mine) {
          entry.beginLoading(loading);
        } else {
          loading = entry.loading().get();
        }
      }
      if (mine) {
        return load(entry, loading);
      }
      if (!awaited(loading)) {
        return Optional.empty();
      }
    }
  }

  /** Loads a task for its first user, and for those who wait for it. */
  private Optional<Lease> load(TaskEntry entry, CompletableFuture<Boolean> loading) {
    Optional<ResidentTask> resident;
    try {
      resident = loaded(entry);
    } catch (RuntimeException | Error e) {
      forget(entry);
      loading.completeExceptionally(e);
      throw e;
    }
    if (resident.isEmpty()) {
      forget(entry);
      loading.complete(false);
      return Optional.empty();
    }
    List<ResidentTask> unused = new ArrayList<>();
    Lease lease;
    synchronized (guard) {
      entry.endLoading();
      resident.get().use();
      lease = new Lease(resident.get().task(), () -> letGo(resident.get()));
      if (entries.get(entry.name()) == entry && !closed) {
        install(entry, resident.get(), unused);
      } else {
        retire(resident.get(), unused); // removed or replaced meanwhile: for this user only
      }
    }
    unused.forEach(this::discard);
    loading.complete(true);
    return Optional.of(lease);
  }

  private Optional<ResidentTask> loaded(TaskEntry entry) {
    synchronized (guard) {
      requireOpen();
      unclosed++; // from now on, so that what it is loaded with is not closed under it
    }
    Optional<ResidentTask> resident = Optional.empty();
    try {
      resident = entry.load();
      return resident;
    } finally {
      synchronized (guard) {
        if (resident.isEmpty()) {
          unclosed--;
          guard.notifyAll();
        } else {
          bytes += resident.get().bytes();
          loads++;
        }
      }
    }
  }

  private static boolean awaited(CompletableFuture<Boolean> loading) {
    try {
      return loading.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** After a load that failed: a name that nobody put here is not kept. */
  private void forget(TaskEntry entry) {
    synchronized (guard) {
      entry.endLoading();
      if (!entry.isPut()) {
        entries.remove(entry.name(), entry);
      }
    }
  }

  /** Under the guard. */
  private void install(TaskEntry entry, ResidentTask resident, List<ResidentTask> unused) {
    entry.install(resident);
    recency.add(entry);
    keepLimit(unused);
  }

  /**
   * Under the guard: drops what was unused for the longest time, until the rest is in the limit.
   */
  private void keepLimit(List<ResidentTask> unused) {
    Iterator<TaskEntry> oldest = recency.iterator();
    while (bytes > limit && oldest.hasNext()) {
      TaskEntry entry = oldest.next();
      ResidentTask resident = entry.resident().orElseThrow();
      if (!resident.isUsed() && resident.bytes() > 0) {
        oldest.remove();
        entry.drop();
        if (!entry.isPut()) {
          entries.remove(entry.name(), entry);
        }
        retire(resident, unused);
        evictions++;
      }
    }
  }

  /** Under the guard. */
  private void drop(TaskEntry entryOrNull, List<ResidentTask> unused) {
    if (entryOrNull != null) {
      recency.remove(entryOrNull);
      entryOrNull.resident().ifPresent(resident -> retire(resident, unused));
      entryOrNull.drop();
    }
  }

  /** Under the guard. */
  private void retire(ResidentTask resident, List<ResidentTask> unused) {
    resident.retire();
    if (!resident.isUsed()) {
      bytes -= resident.bytes();
      unused.add(resident);
    }
  }

  /** Under the guard. */
  private Lease use(TaskEntry entry, ResidentTask resident) {
    resident.use();
    recency.remove(entry);
    recency.add(entry);
    return new Lease(resident.task(), () -> letGo(resident));
  }

  private void letGo(ResidentTask resident) {
    List<ResidentTask> unused = new ArrayList<>();
    synchronized (guard) {
      resident.letGo();
      if (!resident.isUsed() && resident.isRetired()) {
        retire(resident, unused);
      } else if (!resident.isUsed()) {
        keepLimit(unused);
      }
    }
    unused.forEach(this::discard);
  }

  private void discard(ResidentTask resident) {
    try {
      resident.task().close();
    } finally {
      synchronized (guard) {
        unclosed--;
        guard.notifyAll();
      }
    }
  }

  /** The names that were put here, in the order in which they came, whether in memory or not. */
  List<String> names() {
    synchronized (guard) {
      return entries.values().stream().filter(TaskEntry::isPut).map(TaskEntry::name).toList();
    }
  }

  /**
   * What a task is; it need not be in memory.
   *
   * @return empty if there is none of that name
   * @throws RuntimeException what keeps it from being loaded
   */
  Optional<Description> description(String name) {
    synchronized (guard) {
      requireOpen();
      TaskEntry entry = entries.get(name);
      if (entry != null && entry.description().isPresent()) {
        return entry.description();
      }
    }
    return lease(name).map(ResidentTasks::descriptionOf);
  }

  private static Description descriptionOf(Lease held) {
    try (held) {
      return held.task().description();
    }
  }

  /** What is in memory. */
  Residency residency() {
    synchronized (guard) {
      List<Residency.Resident> residents = new ArrayList<>();
      for (TaskEntry entry : recency) {
        ResidentTask resident = entry.resident().orElseThrow();
        residents.add(new Residency.Resident(entry.name(), resident.bytes(), resident.users()));
      }
      return new Residency(bytes, limit, hits, loads, evictions, residents);
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

  /** Lets nobody in any more, and waits until the last user has let go. Twice is once. */
  @Override
  public void close() {
    List<ResidentTask> unused = new ArrayList<>();
    synchronized (guard) {
      closed = true;
      entries.values().forEach(entry -> drop(entry, unused));
      entries.clear();
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
