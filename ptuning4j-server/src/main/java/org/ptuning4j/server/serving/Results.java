package org.ptuning4j.server.serving;

import org.ptuning4j.predict.Outcome;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a predictor says of a request, as a client is told of it. */
final class Results {

  private static final Logger LOG = LoggerFactory.getLogger(Results.class);

  /** Long enough for a batch or two to be answered. */
  private static final int RETRY_SECONDS = 1;

  private Results() {}

  static Result of(Outcome outcome) {
    return outcome
        .failure()
        .<Result>map(failure -> new Result.Failed(problem(failure)))
        .orElseGet(() -> new Result.Answered(outcome.orElseThrow()));
  }

  private static ProblemDetails problem(Outcome.Failed failure) {
    return switch (failure.problem()) {
      case UNKNOWN_TASK ->
          ProblemDetails.of(ProblemKind.UNKNOWN_TASK, "no such task is served any more");
      case UNUSABLE_INPUT, REFUSED ->
          ProblemDetails.of(ProblemKind.UNUSABLE_INPUT, failure.reason());
      case UNAVAILABLE -> unavailable(failure);
      case OVERLOADED -> overloaded();
      case TOO_LATE, CANCELLED ->
          ProblemDetails.of(ProblemKind.DEADLINE, "the model did not come to it in time");
      case CLOSED -> ProblemDetails.of(ProblemKind.SHUTTING_DOWN, "the server is about to end");
      case INTERNAL -> internal(failure);
    };
  }

  static ProblemDetails overloaded() {
    return ProblemDetails.of(
            ProblemKind.OVERLOADED, "too many questions wait for the model; ask again later")
        .retryAfter(RETRY_SECONDS);
  }

  /** Why it cannot be loaded names files, which is for the log. */
  private static ProblemDetails unavailable(Outcome.Failed failure) {
    LOG.warn("A pack cannot be loaded: {}", failure.reason());
    return unavailable();
  }

  static ProblemDetails unavailable() {
    return ProblemDetails.of(ProblemKind.UNAVAILABLE, "the task's pack cannot be loaded at present")
        .retryAfter(RETRY_SECONDS);
  }

  private static ProblemDetails internal(Outcome.Failed failure) {
    LOG.error("A question could not be answered", failure.cause());
    return ProblemDetails.of(ProblemKind.INTERNAL, "the answer could not be computed");
  }
}
