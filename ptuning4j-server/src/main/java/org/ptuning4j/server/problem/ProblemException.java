package org.ptuning4j.server.problem;

/** Ends a request with a problem. It is about the request, so it carries no stack trace. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient ProblemDetails problem;

  /** An exception with what the client is told. */
  public ProblemException(ProblemDetails problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /** What the client is told. */
  public ProblemDetails problem() {
    return problem;
  }
}
