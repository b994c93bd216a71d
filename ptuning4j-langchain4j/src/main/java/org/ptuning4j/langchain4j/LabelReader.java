package org.ptuning4j.langchain4j;

import dev.langchain4j.classification.ScoredLabel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.AnswerSchema;

/**
 * Reads labels with their probabilities from answers, as the answers' schema describes them.
 *
 * @param chosen the field with the label or labels that apply; empty for all that there are
 * @param most how many are given
 * @param least how probable a label has to be
 */
record LabelReader(String chosen, int most, double least) {

  private static final String PROBABILITIES = "probabilities";

  /** Checks the limits. */
  LabelReader {
    if (most < 1) {
      throw InvalidInputException.of("maxResults: %d labels; a number from 1 on is expected", most);
    }
    if (!(least >= 0 && least <= 1)) {
      throw InvalidInputException.of("minScore: %s; a probability, 0 to 1, is expected", least);
    }
  }

  /**
   * The reader of a task's answers.
   *
   * @throws InvalidInputException if they have no labels with probabilities
   */
  static LabelReader of(String task, AnswerSchema schema) {
    String chosen = "";
    boolean scored = false;
    for (AnswerSchema.Field field : schema.fields()) {
      boolean one = field.name().equals("label") && field.type() == AnswerSchema.Type.TEXT;
      boolean several = field.name().equals("labels") && field.type() == AnswerSchema.Type.TEXTS;
      chosen = one || several ? field.name() : chosen;
      scored |=
          field.name().equals(PROBABILITIES) && field.type() == AnswerSchema.Type.NUMBERS_BY_NAME;
    }
    if (chosen.isEmpty() || !scored) {
      throw InvalidInputException.of(
          "task: the answers of '%s' have %s; a text classifier needs a task whose answers are"
              + " labels with probabilities",
          task, String.join(", ", schema.names()));
    }
    return new LabelReader(chosen, Integer.MAX_VALUE, 0);
  }

  LabelReader ofAll() {
    return new LabelReader("", most, least);
  }

  LabelReader atMost(int other) {
    return new LabelReader(chosen, other, least);
  }

  LabelReader atLeast(double other) {
    return new LabelReader(chosen, most, other);
  }

  /** The labels, the most probable first. */
  List<ScoredLabel<String>> read(Answer answer) {
    Map<String, Object> fields = answer.fields();
    List<ScoredLabel<String>> labels = new ArrayList<>();
    if (fields.get(PROBABILITIES) instanceof Map<?, ?> probabilities) {
      Set<?> applying = applying(fields, probabilities);
      probabilities.forEach(
          (label, probability) -> {
            if (applying.contains(label) && probability instanceof Number score) {
              labels.add(new ScoredLabel<>(String.valueOf(label), score.doubleValue()));
            }
          });
    }
    return labels.stream()
        .filter(label -> label.score() >= least)
        .sorted(Comparator.comparing((ScoredLabel<String> label) -> label.score()).reversed())
        .limit(most)
        .toList();
  }

  private Set<?> applying(Map<String, Object> fields, Map<?, ?> all) {
    if (chosen.isEmpty()) {
      return all.keySet();
    }
    Object applying = fields.get(chosen);
    return applying instanceof List<?> several ? Set.copyOf(several) : Set.of(applying);
  }
}
