package org.ptuning4j.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry in a bucket, with a folder of this machine as its mirror. What is in the bucket's
 * audit log has happened: a change is one conditional write of the log, after the files that it
 * speaks of were written under their hashes. So a publication is there as a whole or not at all,
 * and of two changes at the same time the later one is made over the earlier.
 *
 * <p>The folder is a registry to all who read: {@link RegistryPacks} and {@link FollowedRegistry}
 * take it like any other. While this is open, it is brought up to the bucket again and again; a
 * bucket that cannot be reached changes nothing.
 *
 * <pre>
 * history.jsonl      the audit log
 * objects/SHA256     files of packs, and what the registry says of versions
 * signatures/SHA256  of the version whose version.json has this hash
 * </pre>
 */
public final class BucketRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BucketRegistry.class);

  static final String HISTORY = "history.jsonl";
  static final String OBJECTS = "objects/";
  static final String SIGNATURES = "signatures/";

  private final ObjectStore store;
  private final Registry registry;
  private final AtomicReference<String> tag = new AtomicReference<>("");
  private final AtomicReference<String> warned = new AtomicReference<>("");
  private final ScheduledExecutorService looking;

  private BucketRegistry(ObjectStore store, Path mirror, Duration every) {
    this.store = store;
    this.registry = Registry.openOrCreate(mirror).decidedBy(store.place(), new Bucket());
    this.registry.refresh();
    this.looking =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "registry-mirror");
              thread.setDaemon(true);
              return thread;
            });
    Future<?> unused = // which ends with the executor
        looking.scheduleWithFixedDelay(
            this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Opens a registry in a bucket; a bucket without one gets one at the first publication.
   *
   * @param mirror a folder of this machine, new or one that has mirrored this bucket before
   * @param every how often the bucket is looked at
   * @throws InvalidInputException if the folder holds something else
   * @throws UncheckedIOException if the bucket cannot be reached
   */
  public static BucketRegistry open(ObjectStore store, Path mirror, Duration every) {
    return new BucketRegistry(store, mirror, every);
  }

  /** The registry: what it changes is changed in the bucket. */
  public Registry registry() {
    return registry;
  }

  /** Brings the mirror up to the bucket at once. */
  public void refresh() {
    registry.refresh();
  }

  private void look() {
    try {
      if (!store.tag(HISTORY).orElse("").equals(tag.get())) {
        registry.refresh();
      }
      warned.set("");
    } catch (RuntimeException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.equals(warned.getAndSet(message))) {
        LOG.warn("The mirror of {} stays as it is: {}", store.place(), message);
      }
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

  /** The bucket decides what happens. */
  private final class Bucket implements Upstream {

    @Override
    public void refresh(Registry mirror) {
      ObjectStore.Stored stored =
          store.get(HISTORY).orElseGet(() -> new ObjectStore.Stored("", ""));
      List<RegistryEvent> events = History.events(stored.content(), store.place());
      List<RegistryEvent> known = mirror.history();
      if (events.size() < known.size() || !events.subList(0, known.size()).equals(known)) {
        throw InvalidInputException.of(
            "registry: %s mirrors another bucket than %s, or one that was made anew; choose a new"
                + " folder",
            mirror.folder(), store.place());
      }
      for (RegistryEvent event : events.subList(known.size(), events.size())) {
        if (event.action() == RegistryEvent.Action.PUBLISH && !isPurged(event, events)) {
          fetch(mirror, event);
        }
        mirror.follow(event);
      }
      tag.set(stored.tag());
    }

    private boolean isPurged(RegistryEvent published, List<RegistryEvent> events) {
      return events.stream()
          .anyMatch(
              event ->
                  event.action() == RegistryEvent.Action.PURGE
                      && event.name().equals(published.name())
                      && event.version() == published.version());
    }

    private void fetch(Registry mirror, RegistryEvent published) {
      Path target = mirror.place(published.name(), published.version());
      try {
        Files.createDirectories(target.getParent());
        try (Publication copy = Publication.begin(target.getParent())) {
          VersionFolder folder = copy.folder();
          copy(OBJECTS + published.digest(), folder.folder().resolve(RegistryFiles.VERSION));
          VersionFacts facts = folder.facts(published.digest());
          facts
              .files()
              .forEach(
                  (name, file) -> copy(OBJECTS + file.sha256(), folder.folder().resolve(name)));
          if (published.key() != null) {
            copy(SIGNATURES + published.digest(), folder.folder().resolve(RegistryFiles.SIGNATURE));
          }
          copy.complete();
          folder.requireWhole(facts);
          new VersionFolder(target).delete(); // left by a process that was killed
          Files.move(folder.folder(), target, StandardCopyOption.ATOMIC_MOVE);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot copy " + published.name() + " to " + target + ": " + FailureReason.of(e), e);
      }
    }

    private void copy(String key, Path file) {
      if (!store.copy(key, file)) {
        throw InvalidInputException.of("registry: %s lacks %s", store.place(), key);
      }
    }

    @Override
    public void commit(Registry mirror, RegistryEvent event) {
      if (event.action() == RegistryEvent.Action.PUBLISH) {
        upload(new VersionFolder(mirror.place(event.name(), event.version())), event);
      }
      List<RegistryEvent> events = new ArrayList<>(mirror.history());
      events.add(event);
      String before = tag.get();
      String log = lines(events);
      String after =
          (before.isEmpty() ? store.create(HISTORY, log) : store.replace(HISTORY, before, log))
              .orElseThrow(Overtaken::new);
      tag.set(after);
      if (event.action() == RegistryEvent.Action.PUBLISH) {
        upload(new VersionFolder(mirror.place(event.name(), event.version())), event);
      } else if (event.action() == RegistryEvent.Action.PURGE) {
        new BucketPurge(store, mirror, events).delete(event);
      }
    }

    /**
     * Files that are there already have the same content: their names are its hashes. It is done
     * before the log speaks of them and once more after it, because a purge may have deleted what
     * it did not know to be wanted again.
     */
    private void upload(VersionFolder version, RegistryEvent event) {
      Path folder = version.folder();
      version
          .facts(event.digest())
          .files()
          .forEach((name, file) -> upload(OBJECTS + file.sha256(), folder.resolve(name)));
      upload(OBJECTS + event.digest(), folder.resolve(RegistryFiles.VERSION));
      if (event.key() != null) {
        upload(SIGNATURES + event.digest(), folder.resolve(RegistryFiles.SIGNATURE));
      }
    }

    private void upload(String key, Path file) {
      if (store.tag(key).isEmpty()) {
        store.create(key, file);
      }
    }

    private String lines(List<RegistryEvent> events) {
      StringBuilder lines = new StringBuilder();
      for (RegistryEvent event : events) {
        lines.append(new String(RegistryJson.line(event), StandardCharsets.UTF_8)).append('\n');
      }
      return lines.toString();
    }
  }
}
