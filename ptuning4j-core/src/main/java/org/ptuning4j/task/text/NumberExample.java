package org.ptuning4j.task.text;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.Source;

/**
 * A text and the number that goes with it.
 *
 * @param source where it came from
 * @param text the text, or the first of two
 * @param pair the second text, or {@code null}
 * @param value the number in the data's own unit; empty where it is not known
 * @param columns the row that it was made of
 */
public record NumberExample(
    Source source, String text, String pair, OptionalDouble value, Map<String, Object> columns)
    implements Example {

  /** Checks that there is a text, and that the number is finite. */
  public NumberExample {
    Objects.requireNonNull(text, "text");
    if (value.isPresent() && !Double.isFinite(value.getAsDouble())) {
      throw new IllegalArgumentException("value " + value.getAsDouble());
    }
  }

  /** An example of which only the line is known. */
  public NumberExample(
      int line, String text, String pair, OptionalDouble value, Map<String, Object> columns) {
    this(Source.ofLine(line), text, pair, value, columns);
  }

  /** The same example with its number. */
  public NumberExample withValue(double known) {
    return new NumberExample(source, text, pair, OptionalDouble.of(known), columns);
  }

  @Override
  public int line() {
    return source.line();
  }

  /** Whether the number is known. */
  public boolean hasValue() {
    return value.isPresent();
  }

  @Override
  public Map<String, Object> ids() {
    return RowIds.of(columns);
  }
}
