package org.ptuning4j.server.http;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.log.LogLine;
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

  /**
   * What is logged of a request.
   *
   * @param caller who asks; empty where that was not looked at
   * @param problem why it was not answered, if it was not
   * @param questions how many it holds, where that is known
   * @param trace the id of its trace, if it has one
   */
  record Line(
      String id,
      String remote,
      Optional<Caller> caller,
      String method,
      String path,
      int status,
      Optional<ProblemKind> problem,
      Optional<Integer> questions,
      Optional<String> trace,
      double milliseconds) {}

  /** Notes a request that was answered or refused. */
  static void note(Line request) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().toString());
    line.put("id", request.id());
    line.put("remote", request.remote());
    line.put("who", request.caller().map(Caller::name).orElse("unknown"));
    line.put("method", LogLine.shortened(String.valueOf(request.method())));
    line.put("path", LogLine.shortened(String.valueOf(request.path())));
    line.put("status", request.status());
    request.problem().ifPresent(problem -> line.put("problem", problem.label()));
    request.questions().ifPresent(questions -> line.put("questions", questions));
    request.trace().ifPresent(trace -> line.put("trace", trace));
    line.put("milliseconds", Math.round(request.milliseconds() * 10) / 10.0);
    LOG.info(LogLine.of(line));
  }
}
