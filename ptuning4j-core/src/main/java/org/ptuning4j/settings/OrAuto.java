package org.ptuning4j.settings;

import java.util.Optional;

/**
 * Values, or {@code auto}, which is empty.
 *
 * @param values the values
 */
record OrAuto<T>(Values<T> values) implements Values<Optional<T>> {

  private static final String AUTO = "auto";

  @Override
  public String placeholder() {
    return values.placeholder();
  }

  @Override
  public String kind() {
    return values.kind() + " or " + AUTO;
  }

  @Override
  public String range() {
    return values.range() + ", or " + AUTO;
  }

  @Override
  public Optional<Optional<T>> parse(String text) {
    if (text.strip().equals(AUTO)) {
      return Optional.of(Optional.empty());
    }
    Optional<T> value = values.parse(text);
    return value.isPresent() ? Optional.of(value) : Optional.empty();
  }

  @Override
  public boolean allows(Optional<T> value) {
    return value.map(values::allows).orElse(true);
  }

  @Override
  public Object plain(Optional<T> value) {
    return value.map(values::plain).orElse(AUTO);
  }

  @Override
  public String shown(Optional<T> value) {
    return value.map(values::shown).orElse(AUTO);
  }
}
