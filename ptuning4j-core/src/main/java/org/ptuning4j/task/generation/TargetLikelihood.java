package org.ptuning4j.task.generation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * How likely a model finds what follows a text, each token given all before it.
 *
 * @param logProbability the sum of the tokens' natural logarithms, an ending token's among them
 * @param tokens how many there are
 * @param best how many of them the model finds the likeliest of all
 */
record TargetLikelihood(double logProbability, int tokens, int best) implements Answer {

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field(
              "log_probability",
              AnswerSchema.Type.NUMBER,
              "the sum of the scored tokens' natural logarithms"),
          new AnswerSchema.Field(
              "tokens", AnswerSchema.Type.WHOLE_NUMBER, "how many tokens are scored"),
          new AnswerSchema.Field(
              "likeliest",
              AnswerSchema.Type.WHOLE_NUMBER,
              "how many of them the model finds the likeliest of all"));

  /**
   * What a language-model head's scores say.
   *
   * @param scores two for each token: its logarithm, and 1 where it is the likeliest
   */
  static TargetLikelihood of(List<float[]> scores) {
    double sum = 0;
    int tokens = 0;
    int best = 0;
    for (float[] item : scores) {
      for (int i = 0; i < item.length; i += 2) {
        sum += item[i];
        best += Math.round(item[i + 1]);
        tokens++;
      }
    }
    return new TargetLikelihood(sum, tokens, best);
  }

  @Override
  public String text() {
    return String.format(
        Locale.ROOT, "%d of %d tokens, log-probability %.6f", best, tokens, logProbability);
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("log_probability", logProbability);
    fields.put("tokens", tokens);
    fields.put("likeliest", best);
    return fields;
  }
}
