package org.ptuning4j.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.ptuning4j.predict.PackSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packs of a registry. When a name means another version, because an alias was moved or a
 * version published, those who serve it are told; they go on with the earlier version until the new
 * one was checked. A registry that cannot be reached changes nothing.
 */
public final class FollowedRegistry implements PackSource, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FollowedRegistry.class);

  private final RegistryPacks packs;
  private final long namesNanos;
  private final RegistryWatch watch;
  private final Map<PackReference, String> names = new ConcurrentHashMap<>();
  private final AtomicReference<Listed> listed = new AtomicReference<>(new Listed(List.of(), 0));
  private final Map<String, PublishedPack> served = new ConcurrentHashMap<>();
  private final AtomicReference<Consumer<String>> moved = new AtomicReference<>(name -> {});
  private final AtomicReference<Consumer<Change>> changed = new AtomicReference<>(change -> {});

  /**
   * A name means a version from now on.
   *
   * @param before what it meant until now; empty if it was not asked for yet
   */
  public record Change(String name, Optional<PublishedPack> before, PublishedPack now) {}

  /**
   * The names of the registry.
   *
   * @param names as they were listed
   * @param until when they are taken as they were; 0 for not at all
   */
  private record Listed(List<String> names, long until) {}

  /**
   * Follows a registry.
   *
   * @param every how often it is looked at
   */
  public FollowedRegistry(RegistryPacks packs, Duration every) {
    this.packs = packs;
    this.namesNanos = every.toNanos();
    this.watch =
        new RegistryWatch(reference -> packs.registry().show(reference), every, this::moved);
  }

  /** Tells from now on, by its name, when a task means another version. */
  public void whenMoved(Consumer<String> listener) {
    moved.set(listener);
  }

  /** Tells from now on which version a name means, when it is asked for and when that changes. */
  public void whenServed(Consumer<Change> listener) {
    changed.set(listener);
  }

  private void moved(PackReference reference, PublishedPack version) {
    packs.registry().verified(reference, packs.trust());
    String name = names.get(reference);
    moved.get().accept(name);
    LOG.info("Task '{}' is version {} now", name, version.facts().version());
    serve(name, version);
  }

  private void serve(String name, PublishedPack version) {
    Optional<PublishedPack> before = Optional.ofNullable(served.put(name, version));
    if (!before.map(PublishedPack::digest).equals(Optional.of(version.digest()))) {
      changed.get().accept(new Change(name, before, version));
    }
  }

  /** The version that a task's name meant when its pack was looked for last. */
  public Optional<PublishedPack> served(String name) {
    return Optional.ofNullable(served.get(name));
  }

  @Override
  public Optional<Path> folder(String name) {
    Optional<PublishedPack> found = packs.find(name);
    found.ifPresent(
        version -> {
          PackReference reference = packs.reference(name).orElseThrow();
          names.put(reference, name);
          serve(name, version);
          watch.add(reference, version);
        });
    return found.map(PublishedPack::folder);
  }

  /** As they were a moment ago at most, or as they were last if the registry cannot be reached. */
  @Override
  public List<String> names() {
    Listed last = listed.get();
    long now = System.nanoTime();
    if (last.until() != 0 && last.until() - now > 0) {
      return last.names();
    }
    List<String> current = packs.names();
    listed.set(new Listed(current, now + namesNanos));
    return current;
  }

  /** The versions of a name that are in use. */
  public List<Integer> versions(String name) {
    return packs.registry().versions(name).stream()
        .filter(version -> !version.retired())
        .map(version -> version.facts().version())
        .toList();
  }

  /**
   * Publishes a pack as the next version of a name.
   *
   * @param alias that means it from now on; empty for none
   * @return its version
   */
  public int publish(String name, Path pack, String note, Optional<String> alias) {
    alias.ifPresent(RegistryName::ofAlias);
    Registry registry = packs.registry();
    PackReference reference =
        registry.publish(pack, name, note, Optional.empty()).facts().reference();
    alias.ifPresent(each -> registry.promote(reference, each));
    return reference.version().orElseThrow();
  }

  /** Has a name mean another version at once. */
  public void promote(String name, int version, String alias) {
    packs.registry().promote(PackReference.of(name, version), alias);
  }

  /** Has an alias mean what it meant before; the version that it means now. */
  public int rollback(String name, String alias) {
    return packs.registry().rollback(name, alias);
  }

  @Override
  public void close() {
    watch.close();
  }
}
