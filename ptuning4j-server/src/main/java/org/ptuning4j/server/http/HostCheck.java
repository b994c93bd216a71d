package org.ptuning4j.server.http;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * Refuses requests for other hosts. A page of the internet can have a browser ask a server on its
 * own machine, by a name of the page's that leads there (DNS rebinding); the name gives it away.
 *
 * @param names that the server has, in lower case without a port; empty for any
 */
public record HostCheck(Set<String> names) {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** Copies the set. */
  public HostCheck {
    names = Set.copyOf(names);
  }

  /**
   * The names of a server: those that it is told, and those of this machine where only this machine
   * reaches it.
   */
  public static HostCheck of(Address address, Set<String> told) {
    Set<String> names = new HashSet<>();
    told.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    if (address.isLoopback()) {
      names.addAll(LOOPBACK);
    }
    return new HostCheck(names);
  }

  /** Makes sure that a request is for this server. */
  void check(String hostOrNull) {
    if (!names.isEmpty() && (hostOrNull == null || !names.contains(name(hostOrNull)))) {
      throw ProblemDetails.ofValue(
              ProblemKind.MISDIRECTED,
              "Host",
              hostOrNull,
              "the server is " + String.join(", ", names.stream().sorted().toList()))
          .exception();
    }
  }

  /**
   * Makes sure that no page of another host asks. Browsers say where a request comes from; programs
   * say nothing.
   */
  void checkOrigin(String originOrNull, String hostOrNull) {
    if (originOrNull != null && !authority(originOrNull).equalsIgnoreCase(hostOrNull)) {
      throw ProblemDetails.ofValue(
              ProblemKind.CROSS_ORIGIN,
              "Origin",
              originOrNull,
              "only this server's own page may ask from a browser")
          .exception();
    }
  }

  private static String authority(String origin) {
    return origin.replaceFirst("^https?://", "");
  }

  /** The name without the port. */
  private static String name(String host) {
    int colon = host.lastIndexOf(':');
    boolean port = colon > host.lastIndexOf(']') && colon > 0;
    return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
  }
}
