package org.ptuning4j.server.http;

import io.javalin.http.Context;
import org.ptuning4j.server.auth.Caller;

/** What is known of a request while it is answered, by the names of its attributes. */
public final class RequestFacts {

  static final String CALLER = "ptuning4j.caller";
  static final String PROBLEM = "ptuning4j.problem";
  static final String ID = "ptuning4j.id";
  static final String QUESTIONS = "ptuning4j.questions";

  private RequestFacts() {}

  /** Who asks. */
  public static Caller caller(Context ctx) {
    return ctx.attribute(CALLER);
  }

  /** Notes how many questions it holds, for the log. */
  public static void noteQuestions(Context ctx, int count) {
    ctx.attribute(QUESTIONS, count);
  }
}
