package org.ptuning4j.server.http;

import io.javalin.http.Context;
import org.eclipse.jetty.server.Request;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.problem.ProblemKind;

/** What is known of a request while it is answered, by the names of its attributes. */
public final class RequestFacts {

  static final String CALLER = "ptuning4j.caller";
  static final String PROBLEM = "ptuning4j.problem";
  static final String ID = "ptuning4j.id";
  static final String QUESTIONS = "ptuning4j.questions";
  static final String OBSERVED = "ptuning4j.observed";
  static final String ROUTE = "ptuning4j.route";
  static final String TRACE = "ptuning4j.trace";

  private RequestFacts() {}

  /** Who asks. */
  public static Caller caller(Context ctx) {
    return ctx.attribute(CALLER);
  }

  /** Why a request was refused; null if it was not. */
  static ProblemKind problem(Request request) {
    return request.getAttribute(PROBLEM) instanceof ProblemKind kind ? kind : null;
  }

  /** Notes how many questions it holds, for the log. */
  public static void noteQuestions(Context ctx, int count) {
    ctx.attribute(QUESTIONS, count);
  }
}
