package org.ptuning4j.task.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * The labels that apply, which may be none.
 *
 * @param labels in the order of the head's outputs
 * @param probabilities each label's, by itself
 */
public record LabelsAnswer(List<String> labels, Map<String, Double> probabilities)
    implements Answer {

  /** Its fields. */
  static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("labels", AnswerSchema.Type.TEXTS, "those that apply"),
          new AnswerSchema.Field(
              "probabilities", AnswerSchema.Type.NUMBERS_BY_NAME, "that of each label"));

  /** Copies the collections. */
  public LabelsAnswer {
    labels = List.copyOf(labels);
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
  }

  @Override
  public String text() {
    return labels.isEmpty() ? "(none)" : String.join(", ", labels);
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("labels", labels);
    fields.put("probabilities", probabilities);
    return fields;
  }
}
