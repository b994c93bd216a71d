package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.data.value.NormalText;

/**
 * How a file separates its columns, and how many it has, judged by most of its first lines, so that
 * a comment or a broken line among them decides nothing.
 *
 * @param tabs whether only tabs separate columns; else any blanks do
 * @param columns how many most lines have; 0 where there are no lines
 */
record ColumnLayout(boolean tabs, int columns) {

  /** Lines that are looked at. */
  static final int LOOK = 1000;

  /**
   * The layout that most of the lines have.
   *
   * @param mayBeTabs whether tabs in most lines mean that only tabs separate columns
   */
  static ColumnLayout of(List<String> lines, boolean mayBeTabs) {
    List<String> words = lines.stream().filter(line -> !NormalText.isBlank(line)).toList();
    long withTab = words.stream().filter(line -> line.strip().indexOf('\t') >= 0).count();
    ColumnLayout layout = new ColumnLayout(mayBeTabs && 2 * withTab > words.size(), 0);
    Map<Integer, Integer> counts = new LinkedHashMap<>();
    words.forEach(line -> counts.merge(layout.columns(line).size(), 1, Integer::sum));
    int most = counts.values().stream().max(Integer::compare).orElse(0);
    return counts.entrySet().stream()
        .filter(count -> count.getValue() == most)
        .findFirst()
        .map(count -> new ColumnLayout(layout.tabs, count.getKey()))
        .orElse(layout);
  }

  /** The columns of a line, without empty ones at its end that the file does not have. */
  List<String> columns(String line) {
    if (!tabs) {
      return betweenBlanks(line);
    }
    List<String> columns =
        new ArrayList<>(Arrays.asList(withoutBlanksAtEnds(line).split("\t", -1)));
    while (columns.size() > Math.max(1, this.columns)
        && columns.get(columns.size() - 1).isEmpty()) {
      columns.remove(columns.size() - 1);
    }
    return List.copyOf(columns);
  }

  /** Only blanks and tabs count: characters that some scripts use as blanks do occur as words. */
  private static List<String> betweenBlanks(String line) {
    List<String> columns = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= line.length(); i++) {
      boolean blank = i == line.length() || line.charAt(i) == ' ' || line.charAt(i) == '\t';
      if (blank && start >= 0) {
        columns.add(line.substring(start, i));
        start = -1;
      } else if (!blank && start < 0) {
        start = i;
      }
    }
    return columns.isEmpty() ? List.of("") : List.copyOf(columns);
  }

  private static String withoutBlanksAtEnds(String line) {
    int start = 0;
    int end = line.length();
    while (start < end && line.charAt(start) == ' ') {
      start++;
    }
    while (end > start && line.charAt(end - 1) == ' ') {
      end--;
    }
    return line.substring(start, end);
  }
}
