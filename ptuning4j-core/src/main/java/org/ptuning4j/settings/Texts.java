package org.ptuning4j.settings;

import java.util.Optional;
import java.util.function.Function;

/**
 * Texts with a form of their own.
 *
 * @param forms what the forms are
 * @param read reads one
 * @param write writes one
 */
record Texts<T>(
    String placeholder, String forms, Function<String, T> read, Function<T, String> write)
    implements Values<T> {

  @Override
  public String kind() {
    return forms;
  }

  @Override
  public String range() {
    return "";
  }

  @Override
  public Optional<T> parse(String text) {
    return Optional.of(read.apply(text));
  }

  @Override
  public boolean allows(T value) {
    return true;
  }

  @Override
  public Object plain(T value) {
    return write.apply(value);
  }
}
