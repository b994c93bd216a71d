package org.ptuning4j.hub.download;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * A secret for one server. It is sent to that server only, whatever redirects say, and does not
 * show in logs.
 *
 * @param server scheme, host and port that it belongs to; the rest does not count
 * @param value the secret
 */
public record AccessToken(URI server, String value) {

  /** The value of the {@code Authorization} header for a request; empty for other servers. */
  public Optional<String> header(URI request) {
    return sameOrigin(server, request) ? Optional.of("Bearer " + value) : Optional.empty();
  }

  /** Whether two addresses have the same scheme, host and port. */
  static boolean sameOrigin(URI one, URI other) {
    return lower(one.getScheme()).equals(lower(other.getScheme()))
        && lower(one.getHost()).equals(lower(other.getHost()))
        && port(one) == port(other);
  }

  private static String lower(String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return lower(uri.getScheme()).equals("https") ? 443 : 80;
  }

  @Override
  public String toString() {
    return "a token for " + server.getHost();
  }
}
