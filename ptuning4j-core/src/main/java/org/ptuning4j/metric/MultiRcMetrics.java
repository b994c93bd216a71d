package org.ptuning4j.metric;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.ptuning4j.InvalidInputException;

/**
 * Scores of MultiRC (Khashabi et al., 2018), where each question has several answer options, each
 * right or wrong on its own; as SuperGLUE reports them. All figures are 0 to 1; an undefined F1 of
 * a single question counts as 0.
 */
public final class MultiRcMetrics {

  /**
   * An answer option of a question.
   *
   * @param paragraph the paragraph's number
   * @param question the question's number in its paragraph
   * @param truth whether the option is right
   * @param predicted whether it was predicted to be
   */
  public record Option(int paragraph, int question, boolean truth, boolean predicted) {}

  private record Question(int paragraph, int question) {}

  private final OptionalDouble f1a;
  private final double exactMatch;
  private final double f1m;
  private final double macroF1m;
  private final double accuracy;
  private final int questions;

  private MultiRcMetrics(List<Option> options, List<List<Option>> questions) {
    this.f1a = scores(options).binaryF1(1);
    this.accuracy = scores(options).accuracy();
    List<ClassificationMetrics> each = questions.stream().map(MultiRcMetrics::scores).toList();
    this.exactMatch = each.stream().mapToInt(q -> q.accuracy() == 1 ? 1 : 0).average().orElse(0);
    this.f1m = each.stream().mapToDouble(q -> q.binaryF1(1).orElse(0)).average().orElse(0);
    this.macroF1m = each.stream().mapToDouble(ClassificationMetrics::macroF1).average().orElse(0);
    this.questions = each.size();
  }

  /**
   * Scores options, in any order; those of one question are known by its numbers.
   *
   * @throws InvalidInputException where there is no option
   */
  public static MultiRcMetrics of(List<Option> options) {
    if (options.isEmpty()) {
      throw new InvalidInputException("no answer options to score: there must be one at least");
    }
    Map<Question, List<Option>> questions = new LinkedHashMap<>();
    for (Option option : options) {
      Question question = new Question(option.paragraph(), option.question());
      questions.computeIfAbsent(question, key -> new ArrayList<>()).add(option);
    }
    return new MultiRcMetrics(options, List.copyOf(questions.values()));
  }

  /**
   * F1 of the right options, over all options of all questions: F1a, the usual figure. Empty where
   * no option is right and none was predicted to be.
   */
  public OptionalDouble f1a() {
    return f1a;
  }

  /** The share of questions with every option predicted right: EM. */
  public double exactMatch() {
    return exactMatch;
  }

  /** The mean over questions of the F1 of their right options: F1m. */
  public double f1m() {
    return f1m;
  }

  /**
   * The mean over questions of the mean F1 of both labels, right and wrong, as far as they occur:
   * what the {@code super_glue} metric of Hugging Face calls {@code f1_m}.
   */
  public double macroF1m() {
    return macroF1m;
  }

  /** The share of options predicted right. */
  public double accuracy() {
    return accuracy;
  }

  /** How many questions there are. */
  public int questions() {
    return questions;
  }

  private static ClassificationMetrics scores(List<Option> options) {
    return ClassificationMetrics.of(
        options.stream().mapToInt(option -> option.truth() ? 1 : 0).toArray(),
        options.stream().mapToInt(option -> option.predicted() ? 1 : 0).toArray(),
        2);
  }
}
