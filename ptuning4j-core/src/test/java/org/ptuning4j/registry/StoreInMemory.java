package org.ptuning4j.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A store that keeps its objects in memory, and can be away. */
final class StoreInMemory implements ObjectStore {

  private final Map<String, Stored> objects = new TreeMap<>();
  private final AtomicBoolean away = new AtomicBoolean();
  private int tags;

  void setAway(boolean isAway) {
    away.set(isAway);
  }

  /** Objects by their keys, which a test may change. */
  Map<String, Stored> objects() {
    return objects;
  }

  private void requireThere() {
    if (away.get()) {
      throw new UncheckedIOException("the store is away", new IOException());
    }
  }

  @Override
  public synchronized Optional<Stored> get(String key) {
    requireThere();
    return Optional.ofNullable(objects.get(key));
  }

  @Override
  public Optional<String> tag(String key) {
    return get(key).map(Stored::tag);
  }

  @Override
  public boolean create(String key, Path file) {
    try {
      return create(key, Files.readString(file, StandardCharsets.ISO_8859_1)).isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized Optional<String> create(String key, String content) {
    requireThere();
    return objects.containsKey(key) ? Optional.empty() : Optional.of(put(key, content));
  }

  @Override
  public synchronized Optional<String> replace(String key, String tag, String content) {
    requireThere();
    Stored found = objects.get(key);
    return found == null || !found.tag().equals(tag)
        ? Optional.empty()
        : Optional.of(put(key, content));
  }

  private String put(String key, String content) {
    tags++;
    objects.put(key, new Stored(content, "tag-" + tags));
    return "tag-" + tags;
  }

  @Override
  public boolean copy(String key, Path file) {
    Optional<Stored> found = get(key);
    found.ifPresent(
        stored -> {
          try {
            Files.writeString(file, stored.content(), StandardCharsets.ISO_8859_1);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return found.isPresent();
  }

  @Override
  public synchronized void delete(String key) {
    requireThere();
    objects.remove(key);
  }

  @Override
  public String place() {
    return "memory:";
  }
}
