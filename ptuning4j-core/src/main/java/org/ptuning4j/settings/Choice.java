package org.ptuning4j.settings;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One of some values.
 *
 * @param values the values
 * @param label how each is written
 */
record Choice<T>(String placeholder, List<T> values, Function<T, String> label)
    implements Values<T> {

  @Override
  public String kind() {
    return "one of " + String.join(", ", choices());
  }

  @Override
  public String range() {
    return "";
  }

  @Override
  public Optional<T> parse(String text) {
    return values.stream().filter(value -> label.apply(value).equals(text.strip())).findFirst();
  }

  @Override
  public boolean allows(T value) {
    return values.contains(value);
  }

  @Override
  public Object plain(T value) {
    return label.apply(value);
  }

  @Override
  public List<String> choices() {
    return values.stream().map(label).toList();
  }
}
