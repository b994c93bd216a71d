package org.ptuning4j.task.text;

import java.util.Map;
import org.ptuning4j.task.Answer;

/**
 * A number.
 *
 * @param value in the data's own unit
 */
public record NumberAnswer(double value) implements Answer {

  @Override
  public String text() {
    return Double.toString(value);
  }

  @Override
  public Map<String, Object> fields() {
    return Map.of("value", value);
  }
}
