package org.ptuning4j.predict;

import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.Answer;

/** What became of one request: an answer, or why there is none. */
public sealed interface Outcome {

  /** The answer, if there is one. */
  Optional<Answer> answer();

  /**
   * The answer.
   *
   * @throws RuntimeException what kept the request from being answered; an {@link
   *     InvalidInputException} where the request itself is to blame
   */
  Answer orElseThrow();

  /**
   * The request was answered.
   *
   * @param said what its task makes of the model's scores
   */
  record Answered(Answer said) implements Outcome {

    /** Checks that there is an answer. */
    public Answered {
      Objects.requireNonNull(said, "said");
    }

    @Override
    public Optional<Answer> answer() {
      return Optional.of(said);
    }

    @Override
    public Answer orElseThrow() {
      return said;
    }
  }

  /**
   * The request could not be answered; those beside it were not affected.
   *
   * @param cause what happened: an {@link InvalidInputException} where the request itself is to
   *     blame, anything else where its task failed
   */
  record Failed(RuntimeException cause) implements Outcome {

    /** Checks that there is a cause. */
    public Failed {
      Objects.requireNonNull(cause, "cause");
    }

    /** Whether the request itself is to blame, and not a fault in the program. */
    public boolean isBadInput() {
      return cause instanceof InvalidInputException;
    }

    /** The cause in words. */
    public String reason() {
      return isBadInput() ? cause.getMessage() : "unexpected: " + cause;
    }

    @Override
    public Optional<Answer> answer() {
      return Optional.empty();
    }

    @Override
    public Answer orElseThrow() {
      throw cause;
    }
  }
}
