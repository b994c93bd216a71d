package org.ptuning4j.server.http;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;

/**
 * Accepts connections of HTTP/1.1, at most so many at once; none of them may be silent for long, or
 * take long with its headers.
 *
 * @param address where
 * @param limits of connections; they cannot change while it is open
 */
record Listener(Address address, Limits limits) {

  /** The connector, which the server opens. */
  Connector on(Server server, HttpConfiguration http) {
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(address.host());
    connector.setPort(address.port());
    connector.setIdleTimeout(limits.seconds(Limit.IDLE_SECONDS).toMillis());
    connector.setReuseAddress(true);
    connector.addBean(new SlowHeaders(limits.seconds(Limit.HEADER_SECONDS)));
    server.addBean(new NetworkConnectionLimit(limits.of(Limit.CONNECTIONS), connector));
    return connector;
  }
}
