package org.ptuning4j.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.function.Supplier;
import org.ptuning4j.server.auth.Authenticator;

/**
 * What each request passes first: whether it is for this host, and who asks.
 *
 * @param hosts that the server is at present
 * @param authenticator says who asks
 */
public record Gate(Supplier<HostCheck> hosts, Authenticator authenticator) implements Routes {

  @Override
  public void addTo(RoutesConfig routes) {
    routes.before(this::open);
  }

  private void open(Context ctx) {
    ctx.header(Header.X_CONTENT_TYPE_OPTIONS, "nosniff");
    ctx.header(Header.CACHE_CONTROL, "no-store");
    ctx.header(Header.REFERRER_POLICY, "no-referrer");
    hosts.get().check(ctx.header(Header.HOST));
    hosts.get().checkOrigin(ctx.header(Header.ORIGIN), ctx.header(Header.HOST));
    if (!PublicPaths.isPublic(ctx.path())) {
      ctx.attribute(RequestFacts.CALLER, authenticator.caller(ctx.header(Header.AUTHORIZATION)));
    }
  }
}
