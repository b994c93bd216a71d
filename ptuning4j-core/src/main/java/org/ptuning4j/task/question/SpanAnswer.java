package org.ptuning4j.task.question;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * A span of a context that answers a question.
 *
 * @param answer the characters of the context from start to end; empty for no answer
 * @param start where it starts in the context, in UTF-16 units from 0; −1 for no answer
 * @param end where it ends, exclusive; −1 for no answer
 * @param startCodePoint the same in code points, as SQuAD's files count
 * @param endCodePoint the same in code points
 * @param probability of this answer, among the candidates
 * @param nullScore how much speaks for there being no answer: the score of none less that of the
 *     best span; +∞ where the context has no span that could be an answer
 * @param candidates the best spans, the best first
 */
public record SpanAnswer(
    String answer,
    int start,
    int end,
    int startCodePoint,
    int endCodePoint,
    double probability,
    double nullScore,
    List<Candidate> candidates)
    implements Answer {

  /**
   * A span that may be the answer.
   *
   * @param text its characters
   * @param start where it starts in the context, in UTF-16 units from 0
   * @param end where it ends, exclusive
   * @param score the sum of the logits of its start and its end
   * @param probability the softmax over the scores of the candidates, and of no answer where there
   *     may be none
   */
  public record Candidate(String text, int start, int end, double score, double probability) {}

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("answer", AnswerSchema.Type.TEXT, "empty for no answer"),
          new AnswerSchema.Field(
              "start",
              AnswerSchema.Type.WHOLE_NUMBER,
              "where it starts in the context, in UTF-16 units"),
          new AnswerSchema.Field(
              "end", AnswerSchema.Type.WHOLE_NUMBER, "behind its last character"),
          new AnswerSchema.Field(
              "start_code_point", AnswerSchema.Type.WHOLE_NUMBER, "the same in code points"),
          new AnswerSchema.Field(
              "end_code_point", AnswerSchema.Type.WHOLE_NUMBER, "the same in code points"),
          new AnswerSchema.Field("probability", AnswerSchema.Type.NUMBER, "that of the answer"),
          new AnswerSchema.Field(
              "null_score",
              AnswerSchema.Type.NUMBER,
              "how much better no answer is than the best span"),
          new AnswerSchema.Field("candidates", AnswerSchema.Type.OBJECTS, "the best spans"));

  /** Copies the list. */
  public SpanAnswer {
    candidates = List.copyOf(candidates);
  }

  /** Whether it says that the context does not answer the question. */
  public boolean isNone() {
    return answer.isEmpty();
  }

  /** The best span, whether or not it is preferred to no answer; empty where there is none. */
  public String bestSpan() {
    return candidates.isEmpty() ? "" : candidates.get(0).text();
  }

  @Override
  public String text() {
    return isNone() ? "no answer" : answer.replaceAll("\\s+", " ");
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("answer", answer);
    fields.put("start", start);
    fields.put("end", end);
    fields.put("start_code_point", startCodePoint);
    fields.put("end_code_point", endCodePoint);
    fields.put("probability", probability);
    fields.put("null_score", Double.isFinite(nullScore) ? nullScore : null);
    List<Map<String, Object>> each = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("text", candidate.text());
      one.put("start", candidate.start());
      one.put("end", candidate.end());
      one.put("probability", candidate.probability());
      each.add(one);
    }
    fields.put("candidates", each);
    return fields;
  }
}
