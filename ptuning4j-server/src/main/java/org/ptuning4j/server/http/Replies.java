package org.ptuning4j.server.http;

import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.Map;
import org.ptuning4j.server.json.JsonOutput;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/** Writes answers and problems. */
public final class Replies {

  static final String PROBLEM_JSON = "application/problem+json";

  private Replies() {}

  /** An object of JSON. */
  public static void json(Context ctx, Map<String, ?> object) {
    ctx.contentType("application/json").result(JsonOutput.bytes(object));
  }

  /** A problem, with the headers that its kind has. */
  public static void problem(Context ctx, ProblemDetails problem) {
    ctx.status(problem.kind().status());
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> ctx.header(Header.RETRY_AFTER, String.valueOf(seconds)));
    if (problem.kind() == ProblemKind.UNAUTHORIZED) {
      ctx.header(Header.WWW_AUTHENTICATE, "Bearer");
    }
    ctx.attribute(RequestFacts.PROBLEM, problem.kind());
    ctx.contentType(PROBLEM_JSON).result(JsonOutput.bytes(problem.json()));
  }
}
