package org.ptuning4j.task.generation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * What a decoder wrote.
 *
 * @param continuations the best first where they are ranked; one at least
 */
public record GeneratedAnswer(List<Continuation> continuations) implements Answer {

  /** Its fields. */
  public static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("text", AnswerSchema.Type.TEXT, "what was written"),
          new AnswerSchema.Field(
              "log_probability",
              AnswerSchema.Type.NUMBER,
              "the sum of its tokens' natural logarithms"),
          new AnswerSchema.Field(
              "tokens", AnswerSchema.Type.WHOLE_NUMBER, "how many tokens it has"),
          new AnswerSchema.Field(
              "ending", AnswerSchema.Type.TEXT, "end-token, stop-string or length"),
          new AnswerSchema.Field(
              "others",
              AnswerSchema.Type.OBJECTS,
              "the other sequences, where several are wanted"));

  /** Checks that there is one. */
  public GeneratedAnswer {
    continuations = List.copyOf(continuations);
    if (continuations.isEmpty()) {
      throw new IllegalArgumentException("an answer without a continuation");
    }
  }

  @Override
  public String text() {
    return continuations.get(0).text();
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = fields(continuations.get(0));
    if (continuations.size() > 1) {
      fields.put("others", continuations.stream().skip(1).map(GeneratedAnswer::fields).toList());
    }
    return fields;
  }

  private static Map<String, Object> fields(Continuation continuation) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("text", continuation.text());
    fields.put("log_probability", continuation.logProbability());
    fields.put("tokens", continuation.tokens().size());
    fields.put("ending", continuation.ending().label());
    return fields;
  }
}
