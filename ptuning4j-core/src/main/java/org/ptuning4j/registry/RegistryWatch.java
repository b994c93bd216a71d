package org.ptuning4j.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again at what references mean, and tells when one means another version. A
 * registry that cannot be reached changes nothing; it is looked at again.
 */
public final class RegistryWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryWatch.class);

  /** Who is told. */
  @FunctionalInterface
  public interface Listener {

    /**
     * A reference means this version now. What this throws is logged, and it is told again the next
     * time.
     */
    void moved(PackReference reference, PublishedPack version);
  }

  private final Function<PackReference, PublishedPack> resolving;
  private final Listener listener;
  private final Map<PackReference, String> digests = new ConcurrentHashMap<>();
  private final Map<PackReference, String> failures = new LinkedHashMap<>();
  private final ScheduledExecutorService looking;

  /**
   * Begins to look.
   *
   * @param resolving what a reference means; fails while that cannot be told
   * @param every how often
   * @param listener who is told, by one thread at a time
   */
  public RegistryWatch(
      Function<PackReference, PublishedPack> resolving, Duration every, Listener listener) {
    this.resolving = resolving;
    this.listener = listener;
    this.looking =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "registry-watch");
              thread.setDaemon(true);
              return thread;
            });
    Future<?> unused = // which ends with the executor
        looking.scheduleWithFixedDelay(
            this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The same over a registry that may be away, now or later. */
  public static RegistryWatch over(Path registry, Duration every, Listener listener) {
    return new RegistryWatch(reference -> Registry.open(registry).show(reference), every, listener);
  }

  /**
   * Looks at a reference from now on.
   *
   * @param known the version that the caller has of it
   */
  public void add(PackReference reference, PublishedPack known) {
    digests.put(reference, known.digest());
  }

  /** Looks at a reference from now on, and tells what it means at the next look. */
  public void add(PackReference reference) {
    digests.put(reference, "");
  }

  /** Looks at a reference no more. */
  public void remove(PackReference reference) {
    digests.remove(reference);
  }

  /** What is looked at. */
  public Set<PackReference> watched() {
    return Set.copyOf(digests.keySet());
  }

  private synchronized void look() {
    for (Map.Entry<PackReference, String> each : digests.entrySet()) {
      look(each.getKey(), each.getValue());
    }
  }

  private void look(PackReference reference, String known) {
    try {
      PublishedPack found = resolving.apply(reference);
      if (!found.digest().equals(known)) {
        listener.moved(reference, found);
        digests.replace(reference, known, found.digest());
      }
      if (failures.remove(reference) != null) {
        LOG.info("{} can be looked at again", reference);
      }
    } catch (InvalidInputException e) {
      warn(reference, e.getMessage());
    } catch (RuntimeException e) {
      LOG.debug("looking at {} failed", reference, e);
      warn(reference, String.valueOf(e.getMessage()));
    }
  }

  /** Says the same thing once. */
  private void warn(PackReference reference, String message) {
    if (!message.equals(failures.put(reference, message))) {
      LOG.warn("{} stays as it is: {}", reference, message);
    }
  }

  /** Waits for the look that is under way, and looks no more. */
  @Override
  public void close() {
    looking.shutdown();
    try {
      if (!looking.awaitTermination(1, TimeUnit.MINUTES)) {
        looking.shutdownNow();
      }
    } catch (InterruptedException e) {
      looking.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
