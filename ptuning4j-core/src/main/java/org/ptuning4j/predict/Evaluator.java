package org.ptuning4j.predict;

import java.util.List;
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
   * Answers every example and compares.
   *
   * @param name the task's name in the predictor
   * @param examples labelled, of the task's own kind, one at least
   */
  public static Report evaluate(
      Predictor predictor, String name, List<? extends Example> examples) {
    List<Answer> answers =
        predictor.answer(examples.stream().map(example -> new Request(name, example)).toList());
    return new Report(predictor.score(name, examples, answers), answers);
  }
}
