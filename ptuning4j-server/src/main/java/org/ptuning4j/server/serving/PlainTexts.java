package org.ptuning4j.server.serving;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.task.TaskInputs;

/** The names {@code text} and {@code pair}, which every task on one or two texts understands. */
final class PlainTexts {

  private static final List<String> NAMES = List.of("text", "pair");

  private PlainTexts() {}

  /** Whether values have these names and no others. */
  static boolean areNamed(Map<String, Object> values) {
    int count = values.size();
    return count <= NAMES.size() && values.keySet().equals(Set.copyOf(NAMES.subList(0, count)));
  }

  /**
   * Two texts where the task takes one: as plain texts, which the task refuses, while of named
   * values it would take the first and leave the second unread. Empty otherwise.
   */
  static Optional<String[]> tooMany(TaskInputs inputs, Map<String, Object> values) {
    return values.size() == NAMES.size() && inputs.areTexts(1)
        ? Optional.of(
            NAMES.stream().map(name -> String.valueOf(values.get(name))).toArray(String[]::new))
        : Optional.empty();
  }

  /** Values of these names by the names of the task's own inputs, if it takes as many texts. */
  static Map<String, Object> named(TaskInputs inputs, Map<String, Object> values) {
    if (!inputs.areTexts(values.size())) {
      return values;
    }
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      named.put(inputs.texts().get(i), values.get(NAMES.get(i)));
    }
    return named;
  }
}
