package org.ptuning4j.data;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * One input of a sequence classification, ready for the tokenizer.
 *
 * @param source where it came from
 * @param text the text, or the first of two
 * @param pair the second text, or {@code null} for a task on single texts
 * @param label the label as the file writes it, or {@code null} where it is not known
 * @param columns the row that it was made of, from which templates take further words; empty where
 *     it was made of no row
 */
public record TextExample(
    Source source, String text, String pair, String label, Map<String, Object> columns)
    implements Example {

  /** Checks that there is a text. */
  public TextExample {
    Objects.requireNonNull(text, "text");
  }

  /** An example of which only the line is known. */
  public TextExample(
      int line, String text, String pair, String label, Map<String, Object> columns) {
    this(Source.ofLine(line), text, pair, label, columns);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** An example that was made of no row. */
  public TextExample(int line, String text, String pair, String label) {
    this(line, text, pair, label, Map.of());
  }

  /** Whether there is a second text. */
  public boolean hasPair() {
    return pair != null;
  }

  /** Whether the label is known. */
  public boolean hasLabel() {
    return label != null;
  }

  /**
   * How often each label occurs, in the order of the labels' names; unlabelled examples are left
   * out.
   */
  public static Map<String, Integer> labelCounts(List<TextExample> examples) {
    Map<String, Integer> counts = new TreeMap<>();
    for (TextExample example : examples) {
      if (example.hasLabel()) {
        counts.merge(example.label(), 1, Integer::sum);
      }
    }
    return counts;
  }

  @Override
  public Map<String, Object> ids() {
    return RowIds.of(columns);
  }
}
