package org.ptuning4j.task.generation;

import java.util.Map;
import java.util.Objects;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.Source;

/**
 * A text that is scored.
 *
 * @param source where it came from
 * @param text the text
 * @param columns the row that it was made of
 */
public record LikelihoodExample(Source source, String text, Map<String, Object> columns)
    implements Example {

  /** Checks that there is a text. */
  public LikelihoodExample {
    Objects.requireNonNull(text, "text");
  }

  @Override
  public int line() {
    return source.line();
  }

  @Override
  public Map<String, Object> ids() {
    return RowIds.of(columns);
  }
}
