package org.ptuning4j.server.http;

import io.javalin.config.RoutesConfig;

/** A group of addresses that belong together. */
@FunctionalInterface
public interface Routes {

  /** Adds the addresses. */
  void addTo(RoutesConfig routes);
}
