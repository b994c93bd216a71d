package org.ptuning4j.server.admin;

import io.javalin.config.RoutesConfig;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.observe.ServerMetrics;

/**
 * {@code GET /metrics}, for Prometheus.
 *
 * @param metrics of the server
 */
public record MetricsRoutes(ServerMetrics metrics) implements Routes {

  private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/metrics", ctx -> ctx.contentType(TEXT_FORMAT).result(metrics.text()));
  }
}
