package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The examples of a file, those with equal texts together.
 *
 * @param byInput by what a model reads of them, in the order of first appearance
 */
record EqualInputs(Map<List<String>, List<CheckedExample>> byInput) {

  /** How many finds are shown in full, and how many lines of each. */
  static final int SHOWN = 5;

  static EqualInputs of(List<CheckedExample> examples) {
    Map<List<String>, List<CheckedExample>> byInput = new LinkedHashMap<>();
    for (CheckedExample example : examples) {
      List<String> input = example.input();
      if (input.stream().anyMatch(text -> !text.isEmpty())) {
        byInput.computeIfAbsent(input, key -> new ArrayList<>(1)).add(example);
      }
    }
    return new EqualInputs(byInput);
  }

  DataCheck.Repeats repeats() {
    List<List<CheckedExample>> repeated =
        byInput.values().stream().filter(same -> same.size() > 1).toList();
    return new DataCheck.Repeats(
        repeated.stream().mapToInt(same -> same.size() - 1).sum(),
        repeated.stream().limit(SHOWN).map(EqualInputs::lines).toList());
  }

  DataCheck.Conflicts conflicts() {
    List<List<CheckedExample>> conflicting =
        byInput.values().stream().filter(EqualInputs::disagree).toList();
    return new DataCheck.Conflicts(
        conflicting.size(), conflicting.stream().limit(SHOWN).map(EqualInputs::conflict).toList());
  }

  private static boolean disagree(List<CheckedExample> same) {
    return labels(same).size() > 1;
  }

  /** The first example of each label, for these are the lines to compare. */
  private static DataCheck.Conflict conflict(List<CheckedExample> same) {
    Map<String, Integer> firstLines = labels(same);
    return new DataCheck.Conflict(
        List.copyOf(firstLines.values()), List.copyOf(firstLines.keySet()));
  }

  private static Map<String, Integer> labels(List<CheckedExample> same) {
    Map<String, Integer> firstLines = new LinkedHashMap<>();
    for (CheckedExample example : same) {
      if (!example.content().labels().isEmpty()) {
        firstLines.putIfAbsent(String.join(", ", example.content().labels()), example.line());
      }
    }
    return firstLines;
  }

  private static List<Integer> lines(List<CheckedExample> same) {
    return same.stream().limit(SHOWN).map(CheckedExample::line).toList();
  }
}
