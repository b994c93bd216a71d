package org.ptuning4j.server.http;

import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.Request;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.trace.RequestEnd;
import org.ptuning4j.server.trace.RequestTrace;
import org.ptuning4j.server.trace.Traces;

/**
 * Is told of each request that was answered or refused.
 *
 * @param metrics count it
 * @param accessLog whether it is logged as well
 * @param traces have a span of it
 */
public record Observer(ServerMetrics metrics, boolean accessLog, Traces traces) {

  private static final int OK = 200;

  private static final String METRICS = "/metrics";

  private static final TextMapGetter<Request> HEADERS =
      new TextMapGetter<>() {
        @Override
        public String get(Request request, String name) {
          return request == null ? null : request.getHeaders().get(name);
        }
      };

  private static final Set<String> METHODS = Set.of("GET", "POST", "HEAD");

  /** A request that came to an address, or to none that is there. */
  void note(Context ctx, float milliseconds) {
    ctx.attribute(RequestFacts.OBSERVED, true);
    ctx.attribute(RequestFacts.ROUTE, route(ctx));
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
              traceId(ctx.attribute(RequestFacts.TRACE)),
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
              traceId(request.getAttribute(RequestFacts.TRACE)),
              nanos / 1e6));
    }
  }

  /**
   * Begins the trace of a request; none of what is asked every few seconds, its health and metrics.
   */
  Optional<RequestTrace> begin(Request request) {
    String path = Request.getPathInContext(request);
    if (PublicPaths.isHealth(path) || path.equals(METRICS)) {
      return Optional.empty();
    }
    RequestTrace trace = traces.begin("HTTP", request, HEADERS);
    request.setAttribute(RequestFacts.TRACE, trace);
    return Optional.of(trace);
  }

  /** Ends the trace of a request whose last byte was sent. */
  void end(Request request, RequestTrace trace, int status) {
    Object route = request.getAttribute(RequestFacts.ROUTE);
    trace.end(
        RequestEnd.http(
            method(request.getMethod()),
            route instanceof String known ? known : "",
            status,
            Optional.ofNullable(RequestFacts.problem(request)).map(ProblemKind::label)));
  }

  private static Optional<String> traceId(Object trace) {
    return trace instanceof RequestTrace of ? of.id() : Optional.empty();
  }

  /** A call of gRPC that has ended. */
  public void noteCall(
      String id,
      String remote,
      Optional<Caller> caller,
      String path,
      Optional<ProblemKind> problem,
      Optional<String> trace,
      long nanos) {
    int status = problem.map(ProblemKind::status).orElse(OK);
    metrics.request("GRPC", path, status, Duration.ofNanos(nanos));
    if (accessLog) {
      AccessLog.note(
          new AccessLog.Line(
              id,
              remote,
              caller,
              "GRPC",
              path,
              status,
              problem,
              Optional.empty(),
              trace,
              nanos / 1e6));
    }
  }

  private void count(String method, String route, int status, long nanos) {
    metrics.request(method(method), route, status, Duration.ofNanos(nanos));
  }

  /** A method that the server knows, and one name for all others. */
  private static String method(String method) {
    return METHODS.contains(method) ? method : "OTHER";
  }

  /** The route as it was declared; empty for an address that is not there. */
  private static String route(Context ctx) {
    Endpoint endpoint = ctx.endpoints().matchedHttpEndpoint();
    return endpoint == null ? "" : endpoint.path;
  }
}
