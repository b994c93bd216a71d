package org.ptuning4j.registry.s3;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.ptuning4j.registry.ObjectStore;

/**
 * A store in which somebody else is faster, once: between the moment when a text was read and that
 * when it is replaced.
 *
 * @param store the store itself
 * @param other what the other does; null when it is done
 */
record OvertakenStore(ObjectStore store, AtomicReference<Runnable> other) implements ObjectStore {

  @Override
  public Optional<String> replace(String key, String tag, String content) {
    Runnable first = other.getAndSet(null);
    if (first != null) {
      first.run();
    }
    return store.replace(key, tag, content);
  }

  @Override
  public Optional<Stored> get(String key) {
    return store.get(key);
  }

  @Override
  public Optional<String> tag(String key) {
    return store.tag(key);
  }

  @Override
  public boolean create(String key, Path file) {
    return store.create(key, file);
  }

  @Override
  public Optional<String> create(String key, String content) {
    return store.create(key, content);
  }

  @Override
  public boolean copy(String key, Path file) {
    return store.copy(key, file);
  }

  @Override
  public void delete(String key) {
    store.delete(key);
  }

  @Override
  public String place() {
    return store.place();
  }
}
