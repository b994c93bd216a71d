package org.ptuning4j.task.generation;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.Source;

/**
 * A text and what is to follow it.
 *
 * @param source where it came from
 * @param text what is given
 * @param targets what may follow, the first of which is learnt; empty where that is not known
 * @param columns the row that it was made of
 */
public record GenerationExample(
    Source source, String text, List<String> targets, Map<String, Object> columns)
    implements Example {

  /** Checks that there is a text; copies the list. */
  public GenerationExample {
    Objects.requireNonNull(text, "text");
    targets = List.copyOf(targets);
  }

  /** The same example with what may follow. */
  GenerationExample withTargets(List<String> known) {
    return new GenerationExample(source, text, known, columns);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** Whether it is known what follows. */
  public boolean hasTarget() {
    return !targets.isEmpty();
  }

  @Override
  public Map<String, Object> ids() {
    return RowIds.of(columns);
  }
}
