package org.ptuning4j.task.text;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.Source;

/**
 * A text and the labels that apply to it.
 *
 * @param source where it came from
 * @param text the text, or the first of two
 * @param pair the second text, or {@code null}
 * @param labels those that apply, each once; {@code null} where they are not known
 * @param columns the row that it was made of
 */
public record MultiLabelExample(
    Source source, String text, String pair, List<String> labels, Map<String, Object> columns)
    implements Example {

  /** Copies the labels; checks that there is a text. */
  public MultiLabelExample {
    Objects.requireNonNull(text, "text");
    labels = labels == null ? null : List.copyOf(labels);
  }

  /** An example of which only the line is known. */
  public MultiLabelExample(
      int line, String text, String pair, List<String> labels, Map<String, Object> columns) {
    this(Source.ofLine(line), text, pair, labels, columns);
  }

  /** The same example with the labels that apply. */
  public MultiLabelExample withLabels(List<String> applying) {
    return new MultiLabelExample(source, text, pair, applying, columns);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** Whether the labels are known; there may be none. */
  public boolean hasLabels() {
    return labels != null;
  }

  @Override
  public Map<String, Object> ids() {
    return RowIds.of(columns);
  }
}
