package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.data.TextExample;

/**
 * The examples of a file, those with the same text (and second text) together.
 *
 * @param byInput in the order of first appearance
 */
record Inputs(Map<Input, List<TextExample>> byInput) {

  /** How many finds are shown in full, and how many lines of each. */
  static final int SHOWN = 5;

  /** What the model sees of an example. */
  record Input(String text, String pair) {
    static Input of(TextExample example) {
      return new Input(example.text(), example.pair());
    }
  }

  static Inputs of(List<TextExample> examples) {
    Map<Input, List<TextExample>> byInput = new LinkedHashMap<>();
    for (TextExample example : examples) {
      byInput.computeIfAbsent(Input.of(example), input -> new ArrayList<>(1)).add(example);
    }
    return new Inputs(byInput);
  }

  DataCheck.Repeats repeats() {
    List<List<TextExample>> repeated =
        byInput.values().stream().filter(same -> same.size() > 1).toList();
    return new DataCheck.Repeats(
        repeated.stream().mapToInt(same -> same.size() - 1).sum(),
        repeated.stream().limit(SHOWN).map(Inputs::lines).toList());
  }

  DataCheck.Conflicts conflicts() {
    List<List<TextExample>> conflicting =
        byInput.values().stream().filter(Inputs::disagree).toList();
    return new DataCheck.Conflicts(
        conflicting.size(), conflicting.stream().limit(SHOWN).map(same -> conflict(same)).toList());
  }

  private static boolean disagree(List<TextExample> same) {
    return same.stream().filter(TextExample::hasLabel).map(TextExample::label).distinct().count()
        > 1;
  }

  /** The first example of each label, for these are the lines to compare. */
  private static DataCheck.Conflict conflict(List<TextExample> same) {
    Map<String, Integer> firstLines = new LinkedHashMap<>();
    for (TextExample example : same) {
      if (example.hasLabel()) {
        firstLines.putIfAbsent(example.label(), example.line());
      }
    }
    return new DataCheck.Conflict(
        List.copyOf(firstLines.values()), List.copyOf(firstLines.keySet()));
  }

  private static List<Integer> lines(List<TextExample> same) {
    return same.stream().limit(SHOWN).map(TextExample::line).toList();
  }
}
