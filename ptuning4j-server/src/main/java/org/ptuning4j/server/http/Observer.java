package org.ptuning4j.server.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import java.time.Duration;
import java.util.Set;
import org.ptuning4j.server.observe.ServerMetrics;

/**
 * Is told of each request that was answered.
 *
 * @param metrics count it
 * @param accessLog whether it is logged as well
 */
public record Observer(ServerMetrics metrics, boolean accessLog) {

  private static final Set<HandlerType> METHODS =
      Set.of(HandlerType.GET, HandlerType.POST, HandlerType.HEAD);

  void note(Context ctx, float milliseconds) {
    metrics.request(
        METHODS.contains(ctx.method()) ? ctx.method().name() : "OTHER",
        route(ctx),
        ctx.statusCode(),
        Duration.ofNanos((long) (milliseconds * 1e6)));
    if (accessLog) {
      AccessLog.note(ctx, milliseconds);
    }
  }

  /** The route as it was declared; empty for an address that is not there. */
  private static String route(Context ctx) {
    Endpoint endpoint = ctx.endpoints().matchedHttpEndpoint();
    return endpoint == null ? "" : endpoint.path;
  }
}
