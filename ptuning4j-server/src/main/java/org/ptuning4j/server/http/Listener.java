package org.ptuning4j.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.tls.ServerCertificate;

/**
 * Accepts connections of HTTP/1.1, at most so many at once; none of them may be silent for long, or
 * take long with its headers. Where even those are there that are only told so, further ones wait
 * until one is closed.
 *
 * @param bound where, listening already
 * @param limits of connections; they cannot change while it is open
 * @param surplus those beyond the limit
 * @param certificate for HTTPS; empty for plain HTTP
 */
record Listener(
    ServerSocketChannel bound,
    Limits limits,
    Surplus surplus,
    Optional<ServerCertificate> certificate) {

  /** The connector, which the server opens. */
  Connector on(Server server, HttpConfiguration http) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector =
        certificate
            .map(shown -> secure(server, http, plain, shown))
            .orElseGet(() -> new ServerConnector(server, plain));
    connector.setIdleTimeout(limits.seconds(Limit.IDLE_SECONDS).toMillis());
    connector.addBean(new SlowHeaders(limits.seconds(Limit.HEADER_SECONDS)));
    connector.addBean(surplus);
    server.addBean(new NetworkConnectionLimit(Surplus.most(surplus.limit()), connector));
    open(connector);
    return connector;
  }

  private void open(ServerConnector connector) {
    try {
      connector.open(bound);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerConnector secure(
      Server server,
      HttpConfiguration http,
      HttpConnectionFactory plain,
      ServerCertificate certificate) {
    // Names are checked by the Host header; a certificate need not name 127.0.0.1.
    http.addCustomizer(new SecureRequestCustomizer(false));
    return new ServerConnector(
        server, new SslConnectionFactory(certificate.context(), plain.getProtocol()), plain);
  }
}
