package org.ptuning4j.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.UUID;
import java.util.function.Function;
import org.ptuning4j.server.auth.Caller;

/**
 * What each request passes first: whether it is for this host, and who asks.
 *
 * @param hosts that the server is
 * @param callers who asks, by the request's headers; throws where a key is needed
 */
public record Gate(HostCheck hosts, Function<Context, Caller> callers) implements Routes {

  @Override
  public void addTo(RoutesConfig routes) {
    routes.before(this::open);
  }

  private void open(Context ctx) {
    ctx.attribute(RequestFacts.ID, UUID.randomUUID().toString());
    ctx.header("X-Request-Id", ctx.<String>attribute(RequestFacts.ID));
    ctx.header(Header.X_CONTENT_TYPE_OPTIONS, "nosniff");
    ctx.header(Header.CACHE_CONTROL, "no-store");
    ctx.header(Header.REFERRER_POLICY, "no-referrer");
    hosts.check(ctx.header(Header.HOST));
    if (ctx.path().startsWith(HealthRoutes.PREFIX)) {
      return;
    }
    ctx.attribute(RequestFacts.CALLER, callers.apply(ctx));
  }
}
