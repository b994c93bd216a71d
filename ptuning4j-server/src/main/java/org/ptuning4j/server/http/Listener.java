package org.ptuning4j.server.http;

import java.util.Optional;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.tls.ServerCertificate;

/**
 * Accepts connections of HTTP/1.1, at most so many at once; none of them may be silent for long, or
 * take long with its headers.
 *
 * @param address where
 * @param limits of connections; they cannot change while it is open
 * @param certificate for HTTPS; empty for plain HTTP
 */
record Listener(Address address, Limits limits, Optional<ServerCertificate> certificate) {

  /** The connector, which the server opens. */
  Connector on(Server server, HttpConfiguration http) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    ServerConnector connector =
        certificate
            .map(shown -> secure(server, http, plain, shown))
            .orElseGet(() -> new ServerConnector(server, plain));
    connector.setHost(address.host());
    connector.setPort(address.port());
    connector.setIdleTimeout(limits.seconds(Limit.IDLE_SECONDS).toMillis());
    connector.setReuseAddress(true);
    connector.addBean(new SlowHeaders(limits.seconds(Limit.HEADER_SECONDS)));
    server.addBean(new NetworkConnectionLimit(limits.of(Limit.CONNECTIONS), connector));
    return connector;
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
