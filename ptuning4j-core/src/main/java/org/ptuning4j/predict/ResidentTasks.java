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

  /** A task in memory; the guard is that of the tasks. */
  private static final class Slot {

    private final ServedTask task;
    private final long bytes;
    private int users;
    private boolean retired;

    Slot(ServedTask task) {
      this.task = task;
      this.bytes = task.bytes();
    }
  }

  /** A name, and how its task is loaded; the guard is that of the tasks. */
  private static final class Entry {

    private final String name;
    private final Finder loader;
    private final boolean put; // by hand, and not found by the finder
    private Optional<Slot> slot = Optional.empty();
    private Optional<CompletableFuture<Boolean>> loading = Optional.empty(); // whether it was found
    private Optional<Description> description = Optional.empty(); // when it was last loaded

    Entry(String name, Finder loader, boolean put) {
      this.name = name;
      this.loader = loader;
      this.put = put;
    }
  }

  private final Object guard = new Object();
  private final Finder finder;
  private final long limit;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<Entry> recency = new LinkedHashSet<>(); // those in memory, the oldest use first
  private long bytes;
  private long hits;
  private long loads;
  private long evictions;
  private int unclosed; // slots, also retired ones in use, and those that are being loaded
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
    Entry entry = new Entry(name, any -> Optional.of(loading.get()), true);
    Slot slot = loaded(entry).orElseThrow();
    List<Slot> unused = new ArrayList<>();
    boolean late;
    synchronized (guard) {
      late = closed;
      if (late) {
        retire(slot, unused);
      } else {
        drop(entries.put(name, entry), unused);
        install(entry, slot, unused);
      }
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
      Entry entry;
      boolean mine;
      synchronized (guard) {
        requireOpen();
        entry = entries.computeIfAbsent(name, key -> new Entry(key, finder, false));
        if (entry.slot.isPresent()) {
          hits++;
          return Optional.of(use(entry, entry.slot.get()));
        }
        mine = entry.loading.isEmpty();
        if (mine) {
          entry.loading = Optional.of(loading);
        } else {
          loading = entry.loading.get();
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
  private Optional<Lease> load(Entry entry, CompletableFuture<Boolean> loading) {
    Optional<Slot> slot;
    try {
      slot = loaded(entry);
    } catch (RuntimeException | Error e) {
      forget(entry);
      loading.completeExceptionally(e);
      throw e;
    }
    if (slot.isEmpty()) {
      forget(entry);
      loading.complete(false);
      return Optional.empty();
    }
    List<Slot> unused = new ArrayList<>();
    Lease lease;
    synchronized (guard) {
      entry.loading = Optional.empty();
      slot.get().users++;
      lease = new Lease(slot.get().task, () -> letGo(slot.get()));
      if (entries.get(entry.name) == entry && !closed) {
        install(entry, slot.get(), unused);
      } else {
        retire(slot.get(), unused); // removed or replaced meanwhile: for this user only
      }
    }
    unused.forEach(this::discard);
    loading.complete(true);
    return Optional.of(lease);
  }

  private Optional<Slot> loaded(Entry entry) {
    synchronized (guard) {
      requireOpen();
      unclosed++; // from now on, so that what it is loaded with is not closed under it
    }
    Optional<Slot> slot = Optional.empty();
    try {
      slot = entry.loader.load(entry.name).map(Slot::new);
      return slot;
    } finally {
      synchronized (guard) {
        if (slot.isEmpty()) {
          unclosed--;
          guard.notifyAll();
        } else {
          bytes += slot.get().bytes;
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
  private void forget(Entry entry) {
    synchronized (guard) {
      entry.loading = Optional.empty();
      if (!entry.put) {
        entries.remove(entry.name, entry);
      }
    }
  }

  /** Under the guard. */
  private void install(Entry entry, Slot slot, List<Slot> unused) {
    entry.slot = Optional.of(slot);
    entry.description = Optional.of(slot.task.description());
    recency.add(entry);
    keepLimit(unused);
  }

  /**
   * Under the guard: drops what was unused for the longest time, until the rest is in the limit.
   */
  private void keepLimit(List<Slot> unused) {
    Iterator<Entry> oldest = recency.iterator();
    while (bytes > limit && oldest.hasNext()) {
      Entry entry = oldest.next();
      Slot slot = entry.slot.orElseThrow();
      if (slot.users == 0 && slot.bytes > 0) {
        oldest.remove();
        entry.slot = Optional.empty();
        if (!entry.put) {
          entries.remove(entry.name, entry);
        }
        retire(slot, unused);
        evictions++;
      }
    }
  }

  /** Under the guard. */
  private void drop(Entry entryOrNull, List<Slot> unused) {
    if (entryOrNull != null) {
      recency.remove(entryOrNull);
      entryOrNull.slot.ifPresent(slot -> retire(slot, unused));
      entryOrNull.slot = Optional.empty();
    }
  }

  /** Under the guard. */
  private void retire(Slot slot, List<Slot> unused) {
    slot.retired = true;
    if (slot.users == 0) {
      bytes -= slot.bytes;
      unused.add(slot);
    }
  }

  /** Under the guard. */
  private Lease use(Entry entry, Slot slot) {
    slot.users++;
    recency.remove(entry);
    recency.add(entry);
    return new Lease(slot.task, () -> letGo(slot));
  }

  private void letGo(Slot slot) {
    List<Slot> unused = new ArrayList<>();
    synchronized (guard) {
      slot.users--;
      if (slot.users == 0 && slot.retired) {
        retire(slot, unused);
      } else if (slot.users == 0) {
        keepLimit(unused);
      }
    }
    unused.forEach(this::discard);
  }

  private void discard(Slot slot) {
    try {
      slot.task.close();
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
      return entries.values().stream().filter(entry -> entry.put).map(entry -> entry.name).toList();
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
      Entry entry = entries.get(name);
      if (entry != null && entry.description.isPresent()) {
        return entry.description;
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
      for (Entry entry : recency) {
        Slot slot = entry.slot.orElseThrow();
        residents.add(new Residency.Resident(entry.name, slot.bytes, slot.users));
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
    List<Slot> unused = new ArrayList<>();
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
