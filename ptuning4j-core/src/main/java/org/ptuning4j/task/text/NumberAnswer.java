package org.ptuning4j.task.text;

import java.util.Map;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * A number.
 *
 * @param value in the data's own unit
 */
public record NumberAnswer(double value) implements Answer {

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("value", AnswerSchema.Type.NUMBER, "in the data's own unit"));

  @Override
  public String text() {
    return Double.toString(value);
  }

  @Override
  public Map<String, Object> fields() {
    return Map.of("value", value);
  }
}
