package org.ptuning4j.server.serving;

import java.util.Objects;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.task.Answer;

/** What became of one question. */
public sealed interface Result {

  /**
   * It was answered.
   *
   * @param answer what the task says
   */
  record Answered(Answer answer) implements Result {

    /** Checks that there is an answer. */
    public Answered {
      Objects.requireNonNull(answer, "answer");
    }
  }

  /**
   * It was not; those beside it were not affected.
   *
   * @param problem why
   */
  record Failed(ProblemDetails problem) implements Result {

    /** Checks that there is a problem. */
    public Failed {
      Objects.requireNonNull(problem, "problem");
    }
  }
}
