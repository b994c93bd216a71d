package org.ptuning4j.predict;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.task.Answer;

/**
 * The fields of an answer as programs write them: as its task says, with no more digits than its
 * numbers are good for.
 */
public final class AnswerFields {

  /** Six digits after the point are more than enough of a probability. */
  private static final double UNIT = 1e6;

  /** Below this, six digits after the point would not be enough of a number. */
  private static final double SMALL = 1e-3;

  /** Above this a double has no six digits after the point. */
  private static final double LARGE = 1e9;

  private static final MathContext SIX_DIGITS = new MathContext(6);

  private AnswerFields() {}

  /** The answer's fields, their numbers rounded; one that is not finite is null. */
  public static Map<String, Object> of(Answer answer) {
    Map<String, Object> fields = new LinkedHashMap<>();
    answer.fields().forEach((name, value) -> fields.put(name, rounded(value)));
    return fields;
  }

  private static Object rounded(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return rounded(((Number) value).doubleValue());
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> rounded = new LinkedHashMap<>();
      map.forEach((key, each) -> rounded.put(key, rounded(each)));
      return rounded;
    }
    return value instanceof List<?> list
        ? list.stream().map(AnswerFields::rounded).toList()
        : value;
  }

  private static Double rounded(double number) {
    if (!Double.isFinite(number)) {
      return null;
    }
    double size = Math.abs(number);
    if (size > LARGE || size == 0) {
      return number;
    }
    return size < SMALL
        ? BigDecimal.valueOf(number).round(SIX_DIGITS).doubleValue()
        : Math.rint(number * UNIT) / UNIT;
  }
}
