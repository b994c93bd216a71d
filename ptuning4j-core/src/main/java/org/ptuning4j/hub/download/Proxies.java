package org.ptuning4j.hub.download;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;

/**
 * The proxies that the environment names ({@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * ALL_PROXY}, {@code NO_PROXY}, in capitals or not), as most programs take them. Java's own
 * properties ({@code https.proxyHost} and the like) come first.
 */
final class Proxies extends ProxySelector {

  private final Map<String, String> environment;
  private final ProxySelector otherwise;

  /**
   * Proxies of an environment.
   *
   * @param environment the process's variables
   * @param otherwise asked where the environment names none
   */
  Proxies(Map<String, String> environment, ProxySelector otherwise) {
    this.environment = environment;
    this.otherwise = otherwise;
  }

  /** A proxy as a variable names it. */
  private record Named(InetSocketAddress address, Optional<String> credentials) {}

  @Override
  public List<Proxy> select(URI uri) {
    Optional<Named> named = named(uri);
    if (named.isPresent()) {
      return List.of(new Proxy(Proxy.Type.HTTP, named.get().address()));
    }
    return otherwise == null ? List.of(Proxy.NO_PROXY) : otherwise.select(uri);
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request's own failure says it.
  }

  /** The {@code Proxy-Authorization} header for a request, where the variable holds a login. */
  Optional<String> authorization(URI uri) {
    return named(uri)
        .flatMap(Named::credentials)
        .map(
            login ->
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
  }

  private Optional<Named> named(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (uri.getHost() == null || setByProperties() || excluded(uri)) {
      return Optional.empty();
    }
    return variable(scheme + "_proxy").or(() -> variable("all_proxy")).map(Proxies::parse);
  }

  private static boolean setByProperties() {
    return Stream.of("https.proxyHost", "http.proxyHost", "socksProxyHost")
        .anyMatch(name -> System.getProperty(name) != null);
  }

  /**
   * Lets a login go to the proxy through which HTTPS is tunnelled: the JDK leaves it out by
   * default. It reads the property once, when its client is first used.
   */
  void allowLogins() {
    String property = "jdk.http.auth.tunneling.disabledSchemes";
    boolean login =
        variable("https_proxy").or(() -> variable("all_proxy")).map(Proxies::parse).stream()
            .anyMatch(named -> named.credentials().isPresent());
    if (login && System.getProperty(property) == null) {
      System.setProperty(property, "");
    }
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(
            environment.getOrDefault(name, environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }

  private static Named parse(String value) {
    try {
      URI proxy = URI.create(value.contains("://") ? value.strip() : "http://" + value.strip());
      if (proxy.getHost() != null) {
        int port = proxy.getPort() >= 0 ? proxy.getPort() : 80;
        return new Named(
            new InetSocketAddress(proxy.getHost(), port), Optional.ofNullable(proxy.getUserInfo()));
      }
    } catch (IllegalArgumentException e) {
      throw notAnAddress(e);
    }
    throw notAnAddress(null);
  }

  /** The value is not shown: it may hold a password. */
  private static InvalidInputException notAnAddress(Exception cause) {
    return new InvalidInputException(
        "proxy: HTTPS_PROXY, HTTP_PROXY or ALL_PROXY holds no address such as"
            + " http://proxy.example.com:8080",
        cause);
  }

  private boolean excluded(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return variable("no_proxy").stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
        .filter(entry -> !entry.isEmpty())
        .anyMatch(entry -> excludes(entry, host, uri.getPort()));
  }

  private static boolean excludes(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    String name = entry.replaceFirst("^\\*?\\.", "");
    return host.equals(name)
        || host.endsWith("." + name)
        || name.equals(host + ":" + port)
        || entry.equals("[" + host + "]");
  }
}
