package org.ptuning4j.predict;

import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.Answer;

/** What became of one request: an answer, or why there is none. */
public sealed interface Outcome {

  /** The answer, if there is one. */
  Optional<Answer> answer();

  /** Why there is no answer; empty if there is one. */
  Optional<Failed> failure();

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
    public Optional<Failed> failure() {
      return Optional.empty();
    }

    @Override
    public Answer orElseThrow() {
      return said;
    }
  }

  /**
   * The request could not be answered; those beside it were not affected.
   *
   * @param problem of what kind it is
   * @param cause what happened, in words for the person who asked where {@link Problem#isInRequest}
   */
  record Failed(Problem problem, RuntimeException cause) implements Outcome {

    /** Checks that there is a cause. */
    public Failed {
      Objects.requireNonNull(problem, "problem");
      Objects.requireNonNull(cause, "cause");
    }

    /** What a failure while a request was read or answered means. */
    static Failed of(Problem problemWhereInvalid, RuntimeException cause) {
      return new Failed(
          cause instanceof InvalidInputException ? problemWhereInvalid : Problem.INTERNAL, cause);
    }

    /** Whether the request itself is to blame. */
    public boolean isBadInput() {
      return problem.isInRequest();
    }

    /** The cause in words. */
    public String reason() {
      return problem == Problem.INTERNAL ? "unexpected: " + cause : cause.getMessage();
    }

    @Override
    public Optional<Answer> answer() {
      return Optional.empty();
    }

    @Override
    public Optional<Failed> failure() {
      return Optional.of(this);
    }

    @Override
    public Answer orElseThrow() {
      throw cause;
    }
  }
}
