package org.ptuning4j.server.http;

import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.Request;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Is told of each request that was answered or refused.
 *
 * @param metrics count it
 * @param accessLog whether it is logged as well
 */
public record Observer(ServerMetrics metrics, boolean accessLog) {

  private static final int OK = 200;

  private static final Set<String> METHODS = Set.of("GET", "POST", "HEAD");

  /** A request that came to an address, or to none that is there. */
  void note(Context ctx, float milliseconds) {
    ctx.attribute(RequestFacts.OBSERVED, true);
    count(ctx.method().name(), route(ctx), ctx.statusCode(), (long) (milliseconds * 1e6));
    if (accessLog) {
      AccessLog.note(
          new AccessLog.Line(
              ctx.<String>attribute(RequestFacts.ID),
              ctx.ip(),
              Optional.ofNullable(RequestFacts.caller(ctx)),
              ctx.method().name(),
              ctx.path(),
              ctx.statusCode(),
              Optional.ofNullable(ctx.attribute(RequestFacts.PROBLEM)),
              Optional.ofNullable(ctx.attribute(RequestFacts.QUESTIONS)),
              milliseconds));
    }
  }

  /** A request that was refused before its address was looked for; nothing if it was noted. */
  void noteRefused(Request request, int status, long start) {
    if (request.getAttribute(RequestFacts.OBSERVED) != null) {
      return;
    }
    long nanos = System.nanoTime() - start;
    count(request.getMethod(), "", status, nanos);
    if (accessLog) {
      AccessLog.note(
          new AccessLog.Line(
              String.valueOf(request.getAttribute(RequestFacts.ID)),
              Request.getRemoteAddr(request),
              Optional.empty(),
              request.getMethod(),
              Request.getPathInContext(request),
              status,
              Optional.ofNullable(RequestFacts.problem(request)),
              Optional.empty(),
              nanos / 1e6));
    }
  }

  /** A call of gRPC that has ended. */
  public void noteCall(
      String id,
      String remote,
      Optional<Caller> caller,
      String path,
      Optional<ProblemKind> problem,
      long nanos) {
    int status = problem.map(ProblemKind::status).orElse(OK);
    metrics.request("GRPC", path, status, Duration.ofNanos(nanos));
    if (accessLog) {
      AccessLog.note(
          new AccessLog.Line(
              id, remote, caller, "GRPC", path, status, problem, Optional.empty(), nanos / 1e6));
    }
  }

  private void count(String method, String route, int status, long nanos) {
    metrics.request(
        METHODS.contains(method) ? method : "OTHER", route, status, Duration.ofNanos(nanos));
  }

  /** The route as it was declared; empty for an address that is not there. */
  private static String route(Context ctx) {
    Endpoint endpoint = ctx.endpoints().matchedHttpEndpoint();
    return endpoint == null ? "" : endpoint.path;
  }
}
