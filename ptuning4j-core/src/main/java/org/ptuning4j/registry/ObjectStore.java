package org.ptuning4j.registry;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a registry keeps its objects beyond one machine, such as a bucket with S3's interface.
 * Every write is of a whole object and has a condition, which the store itself decides: of several
 * writers at the same time one is told that it was first.
 *
 * <p>Methods throw {@link java.io.UncheckedIOException} where the store cannot be reached or
 * refuses; whether a write then happened is not known.
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * A text as it was at one moment; in the store it is UTF-8.
   *
   * @param content the text
   * @param tag what changes whenever the object does
   */
  record Stored(String content, String tag) {

    /** Checks that both are there. */
    public Stored {
      Objects.requireNonNull(content, "content");
      Objects.requireNonNull(tag, "tag");
    }
  }

  /** A text; empty if there is none. */
  Optional<Stored> get(String key);

  /** The tag of an object; empty if there is none. */
  Optional<String> tag(String key);

  /**
   * Makes an object of a file.
   *
   * @return whether it was made; false if there is one already, which stays
   */
  boolean create(String key, Path file);

  /**
   * Makes an object of a text.
   *
   * @return its tag; empty if there is one already, which stays
   */
  Optional<String> create(String key, String content);

  /**
   * Replaces a text.
   *
   * @param tag of the object that is replaced
   * @return the new tag; empty if the object is another one by now, which stays
   */
  Optional<String> replace(String key, String tag, String content);

  /**
   * Copies an object into a new file.
   *
   * @return whether there is one
   */
  boolean copy(String key, Path file);

  /** Deletes an object; one that is not there is none the less gone. */
  void delete(String key);

  /** Lets go of what was opened together with it; nothing unless a store says so. */
  @Override
  default void close() {}

  /** The store in words, for messages: such as {@code s3://bucket/prefix}. */
  String place();
}
