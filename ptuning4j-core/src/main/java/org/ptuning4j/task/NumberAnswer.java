package org.ptuning4j.task;

import java.util.Map;

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
