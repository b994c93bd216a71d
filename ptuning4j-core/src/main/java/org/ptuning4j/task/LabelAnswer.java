package org.ptuning4j.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One of several labels.
 *
 * @param label the most probable one, as the data writes it
 * @param name what to call it
 * @param probabilities each label's probability, in the order of the head's outputs
 */
public record LabelAnswer(String label, String name, Map<String, Double> probabilities)
    implements Answer {

  /** Its fields. */
  public static final AnswerSchema SCHEMA =
      AnswerSchema.of(
          new AnswerSchema.Field("label", AnswerSchema.Type.TEXT, "the most probable label"),
          new AnswerSchema.Field("name", AnswerSchema.Type.TEXT, "what the label is called"),
          new AnswerSchema.Field("probability", AnswerSchema.Type.NUMBER, "that of the label"),
          new AnswerSchema.Field(
              "probabilities", AnswerSchema.Type.NUMBERS_BY_NAME, "that of each label"));

  /** The answer that probabilities give, in the order of the labels. */
  public static LabelAnswer of(
      List<String> labels, Map<String, String> names, double[] probabilities) {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    int best = 0;
    for (int i = 0; i < probabilities.length; i++) {
      byLabel.put(labels.get(i), probabilities[i]);
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    String label = labels.get(best);
    return new LabelAnswer(label, names.getOrDefault(label, label), byLabel);
  }

  /** The probability of the label. */
  public double probability() {
    return probabilities.get(label);
  }

  @Override
  public Optional<LabelAnswer> oneLabel() {
    return Optional.of(this);
  }

  @Override
  public String text() {
    return label;
  }

  @Override
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("label", label);
    fields.put("name", name);
    fields.put("probability", probability());
    fields.put("probabilities", probabilities);
    return fields;
  }
}
