package org.ptuning4j.task.choice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * One of an example's own candidates.
 *
 * @param index which, from 0
 * @param text what it says
 * @param probabilities each candidate's probability in their order; they sum to 1 where candidates
 *     are weighed against each other, and do not where each is judged by itself
 */
public record ChoiceAnswer(int index, String text, List<Double> probabilities) implements Answer {

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("choice", AnswerSchema.Type.WHOLE_NUMBER, "which, from 0"),
          new AnswerSchema.Field("text", AnswerSchema.Type.TEXT, "what it says"),
          new AnswerSchema.Field("probability", AnswerSchema.Type.NUMBER, "that of the choice"),
          new AnswerSchema.Field(
              "probabilities", AnswerSchema.Type.NUMBERS, "that of each candidate"));

  /** Copies the list. */
  public ChoiceAnswer {
    probabilities = List.copyOf(probabilities);
  }

  /** The most probable candidate; of several, the first. */
  static ChoiceAnswer of(List<String> candidates, double[] probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return new ChoiceAnswer(
        best, candidates.get(best), java.util.Arrays.stream(probabilities).boxed().toList());
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("choice", index);
    fields.put("text", text);
    fields.put("probability", probabilities.get(index));
    fields.put("probabilities", probabilities);
    return fields;
  }
}
