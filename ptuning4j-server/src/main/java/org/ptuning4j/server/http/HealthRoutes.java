package org.ptuning4j.server.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * {@code GET /health/live} and {@code GET /health/ready}, for whoever starts and watches servers.
 * They need no key.
 *
 * @param ready whether requests are answered now
 */
public record HealthRoutes(BooleanSupplier ready) implements Routes {

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/health/live", ctx -> Replies.json(ctx, Map.of("status", "live")));
    routes.get("/health/ready", this::readiness);
  }

  private void readiness(Context ctx) {
    if (ready.getAsBoolean()) {
      Replies.json(ctx, Map.of("status", "ready"));
    } else {
      Replies.problem(
          ctx,
          ProblemDetails.of(
              ProblemKind.SHUTTING_DOWN, "the server is starting or about to end; no request yet"));
    }
  }
}
