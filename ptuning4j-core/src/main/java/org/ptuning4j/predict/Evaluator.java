package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Scores;

/** Scores a predictor's task on labelled examples. */
public final class Evaluator {

  private Evaluator() {}

  /**
   * The outcome.
   *
   * @param scores the task's metrics and tables
   * @param answers one an example, in their order
   */
  public record Report(Scores scores, List<Answer> answers) {}

  /**
   * What the model made of examples.
   *
   * @param examples those that it answered
   * @param answers one for each of these, in their order
   * @param failed the others, with why
   */
  public record Answered<E extends Example>(
      List<E> examples, List<Answer> answers, List<BadRow> failed) {

    /** Copies the lists. */
    public Answered {
      examples = List.copyOf(examples);
      answers = List.copyOf(answers);
      failed = List.copyOf(failed);
    }
  }

  /**
   * Answers every example and compares.
   *
   * @param name the task's name in the predictor
   * @param examples labelled, of the task's own kind, one at least
   * @throws org.ptuning4j.InvalidInputException if an example cannot be answered: figures on the
   *     others would be those of other data
   */
  public static Report evaluate(
      Predictor predictor, String name, List<? extends Example> examples) {
    List<Answer> answers =
        outcomes(predictor, name, examples).stream().map(Outcome::orElseThrow).toList();
    return new Report(predictor.score(name, examples, answers), answers);
  }

  /**
   * Answers examples, and tells those apart that cannot be answered.
   *
   * @param name the task's name in the predictor
   * @param examples of the task's own kind
   * @throws org.ptuning4j.InvalidInputException if there is no such task
   * @throws RuntimeException if an answer fails for another reason than its example
   */
  public static <E extends Example> Answered<E> answer(
      Predictor predictor, String name, List<E> examples) {
    List<Outcome> outcomes = outcomes(predictor, name, examples);
    List<E> answered = new ArrayList<>();
    List<Answer> answers = new ArrayList<>();
    List<BadRow> failed = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      Optional<Outcome.Failed> bad = outcomes.get(i).failure().filter(Outcome.Failed::isBadInput);
      if (bad.isPresent()) {
        failed.add(examples.get(i).source().bad(bad.get().reason()));
      } else {
        answered.add(examples.get(i));
        answers.add(outcomes.get(i).orElseThrow());
      }
    }
    return new Answered<>(answered, answers, failed);
  }

  private static List<Outcome> outcomes(
      Predictor predictor, String name, List<? extends Example> examples) {
    predictor.prepared(name); // an unknown name is not the examples' fault
    return predictor.answer(examples.stream().map(each -> Request.of(name, each)).toList());
  }
}
