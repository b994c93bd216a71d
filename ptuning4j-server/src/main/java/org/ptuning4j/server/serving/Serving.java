package org.ptuning4j.server.serving;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.predict.Residency;

/** The tasks that a server offers, and what answers them. Thread-safe. */
public interface Serving {

  /** The names of the tasks that can be asked now, sorted. */
  List<String> names();

  /** Whether there is a task of this name; it is not loaded for that. */
  boolean has(String name);

  /**
   * What a task is, if there is one of this name.
   *
   * @throws org.ptuning4j.server.problem.ProblemException if its pack cannot be loaded at present
   */
  Optional<OfferedTask> task(String name);

  /**
   * Answers a question.
   *
   * @param deadline after which nobody waits for the answer
   */
  Asked ask(Question question, Instant deadline);

  /**
   * Answers questions, each as if it were alone.
   *
   * @param deadline after which nobody waits for the answers
   * @return one result a question, in their order
   */
  default List<Result> answer(List<Question> questions, Instant deadline) {
    List<Asked> asked = questions.stream().map(each -> ask(each, deadline)).toList();
    return asked.stream().map(each -> each.result().join()).toList();
  }

  /** How many questions are accepted and not yet answered. */
  int waiting();

  /** Which tasks are in memory, and what they take. */
  Residency residency();
}
