package org.ptuning4j.task.choice;

import java.util.List;
import java.util.Map;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.Source;

/**
 * A text and what may go with it.
 *
 * @param source where it came from
 * @param context the text
 * @param candidates what may go with it, two at least
 * @param answer which of them is right, from 0; {@code null} where that is not known
 * @param columns the row that it was made of
 */
public record ChoiceExample(
    Source source,
    String context,
    List<String> candidates,
    Integer answer,
    Map<String, Object> columns)
    implements Example {

  /** Copies the list; checks that there is a choice, and that the answer is one of it. */
  public ChoiceExample {
    candidates = List.copyOf(candidates);
    if (candidates.size() < 2) {
      throw new IllegalArgumentException("a choice needs two candidates, has " + candidates);
    }
    if (answer != null && (answer < 0 || answer >= candidates.size())) {
      throw new IllegalArgumentException("answer " + answer + " of " + candidates.size());
    }
  }

  /** An example of which only the line is known. */
  public ChoiceExample(
      int line,
      String context,
      List<String> candidates,
      Integer answer,
      Map<String, Object> columns) {
    this(Source.ofLine(line), context, candidates, answer, columns);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** Whether the right one is known. */
  public boolean hasAnswer() {
    return answer != null;
  }

  @Override
  public Map<String, Object> ids() {
    return RowIds.of(columns);
  }
}
