package org.ptuning4j.server.http;

import io.javalin.http.Context;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.observe.LogLine;
import org.ptuning4j.server.problem.ProblemKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each request, to the logger {@link #NAME}: who asked what for how long, never a text,
 * an answer or a key.
 */
public final class AccessLog {

  /** The logger's name. */
  public static final String NAME = "ptuning4j.access";

  private static final Logger LOG = LoggerFactory.getLogger(NAME);

  private AccessLog() {}

  /** Notes a request that was answered. */
  static void note(Context ctx, float milliseconds) {
    Caller caller = RequestFacts.caller(ctx);
    ProblemKind problem = ctx.attribute(RequestFacts.PROBLEM);
    Integer questions = ctx.attribute(RequestFacts.QUESTIONS);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().toString());
    line.put("id", ctx.attribute(RequestFacts.ID));
    line.put("remote", ctx.ip());
    line.put("who", caller == null ? "unknown" : caller.name());
    line.put("method", LogLine.shortened(ctx.method().name()));
    line.put("path", LogLine.shortened(ctx.path()));
    line.put("status", ctx.statusCode());
    if (problem != null) {
      line.put("problem", problem.label());
    }
    if (questions != null) {
      line.put("questions", questions);
    }
    line.put("milliseconds", Math.round(milliseconds * 10) / 10.0);
    LOG.info(LogLine.of(line));
  }
}
