package org.ptuning4j.data.value;

import java.util.List;
import java.util.Optional;

/** Reads the value of a column as a list, whether the file has one or a text that spells one. */
public final class ListValue {

  private ListValue() {}

  /** The elements; empty where the value is neither a list nor a text that spells one. */
  public static Optional<List<?>> of(Object value) {
    if (value instanceof List<?> list) {
      return Optional.of(list);
    }
    return value instanceof String text ? ListText.parse(text).map(list -> list) : Optional.empty();
  }
}
