package org.ptuning4j.server.protocol;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.serving.Question;
import org.ptuning4j.server.serving.Result;
import org.ptuning4j.server.serving.Serving;

/**
 * One of the questions of a request.
 *
 * @param question its task's name may be of no task where there is a problem
 * @param problem why it cannot be asked; empty if it can
 */
record Entry(Question question, Optional<ProblemDetails> problem) {

  /** A question that can be asked. */
  static Entry sound(Question question) {
    return new Entry(question, Optional.empty());
  }

  /** One that cannot. */
  static Entry failed(String task, ProblemDetails problem) {
    return new Entry(new Question(task, Map.of()), Optional.of(problem));
  }

  /** Asks those that can be asked; the results of all, in their order. */
  static List<Result> answers(List<Entry> entries, Serving serving, Instant deadline) {
    List<Question> questions =
        entries.stream().filter(each -> each.problem().isEmpty()).map(Entry::question).toList();
    List<Result> answered = questions.isEmpty() ? List.of() : serving.answer(questions, deadline);
    List<Result> results = new ArrayList<>();
    int next = 0;
    for (Entry entry : entries) {
      results.add(
          entry.problem().isPresent()
              ? new Result.Failed(entry.problem().get())
              : answered.get(next++));
    }
    return results;
  }
}
