package org.ptuning4j.hub.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ptuning4j.Version;

/**
 * Asks web servers. Redirects are followed here, one by one, so that a token never leaves its
 * server; failures that a later attempt may overcome are {@link PassingException}s.
 */
public final class WebClient {

  private static final int MOST_REDIRECTS = 10;

  private final HttpClient client;
  private final Proxies proxies;
  private final Optional<AccessToken> token;
  private final Duration patience;

  /**
   * A client.
   *
   * @param environment the process's variables, which may name proxies
   * @param token sent to its own server only
   * @param patience how long to wait for a connection, for an answer, and for each further part of
   *     it
   */
  public WebClient(
      Map<String, String> environment, Optional<AccessToken> token, Duration patience) {
    this.proxies = new Proxies(environment, ProxySelector.getDefault());
    proxies.allowLogins();
    this.token = token;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .proxy(proxies)
            .build();
  }

  /**
   * A server's answer, whose body the caller closes.
   *
   * @param uri where the body came from, after redirects
   * @param status 200 or 206
   * @param headers the headers that came with the body
   * @param first the headers of the first answer, which may have been a redirect
   * @param body the content
   */
  record Answer(URI uri, int status, HttpHeaders headers, HttpHeaders first, InputStream body)
      implements AutoCloseable {

    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /**
   * Asks what a server says about a file, without fetching it: the headers of the first answer that
   * is not a redirect within the server. A redirect to another server is such an answer: it carries
   * what the first one knows about the file.
   */
  public HttpHeaders describe(URI uri) throws IOException, InterruptedException {
    URI asked = uri;
    for (int i = 0; i < MOST_REDIRECTS; i++) {
      HttpResponse<Void> response =
          send(
              request(asked).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.discarding());
      if (!isRedirect(response.statusCode())) {
        check(asked, response.statusCode(), response.headers());
        return response.headers();
      }
      URI next = next(asked, response.headers());
      boolean leaves = !AccessToken.sameOrigin(asked, next);
      boolean linked = response.headers().firstValue(EntityTag.LINKED).isPresent();
      if (linked || (leaves && EntityTag.of(response.headers()).isPresent())) {
        return response.headers();
      }
      asked = next;
    }
    throw tooManyRedirects(uri);
  }

  /**
   * Fetches, from a position on.
   *
   * @param from the first byte wanted; the answer's status says whether the server heeds it (206)
   */
  Answer get(URI uri, long from) throws IOException, InterruptedException {
    URI asked = uri;
    HttpHeaders first = null;
    for (int i = 0; i < MOST_REDIRECTS; i++) {
      HttpRequest.Builder request = request(asked).GET();
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
      }
      HttpResponse<InputStream> response = send(request.build(), info -> new TimedBody(patience));
      first = first == null ? response.headers() : first;
      if (!isRedirect(response.statusCode())) {
        try {
          check(asked, response.statusCode(), response.headers());
        } catch (IOException e) {
          response.body().close();
          throw e;
        }
        return new Answer(asked, response.statusCode(), response.headers(), first, response.body());
      }
      response.body().close();
      asked = next(asked, response.headers());
    }
    throw tooManyRedirects(uri);
  }

  /**
   * Fetches a short text.
   *
   * @param most the most bytes that are accepted
   */
  byte[] text(URI uri, int most) throws IOException, InterruptedException {
    try (Answer answer = get(uri, 0)) {
      byte[] bytes = answer.body().readNBytes(most + 1);
      if (bytes.length > most) {
        throw new DamagedException(
            RefusedException.withoutQuery(uri) + " answers more than " + most + " bytes");
      }
      return bytes;
    }
  }

  /** As {@link #text}, tried again where the failure may pass. */
  public byte[] text(URI uri, int most, Retries retries, DownloadListener listener)
      throws IOException {
    return retries.run(listener, () -> text(uri, most));
  }

  /** As {@link #describe(URI)}, tried again where the failure may pass. */
  public HttpHeaders describe(URI uri, Retries retries, DownloadListener listener)
      throws IOException {
    return retries.run(listener, () -> describe(uri));
  }

  /**
   * Sends, and waits for a connection and then for the beginning of an answer. The request has no
   * timeout of its own: in newer releases of Java that one goes on while the body arrives, and
   * would end a long download.
   */
  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    Duration longest = patience.multipliedBy(2);
    try {
      return answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new PassingException(
          "%s has not answered for %d s".formatted(request.uri().getHost(), longest.toSeconds()),
          null,
          e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }

  private HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("User-Agent", "ptuning4j/" + Version.current())
            .header("Accept-Encoding", "identity");
    token
        .flatMap(secret -> secret.header(uri))
        .ifPresent(value -> request.header("Authorization", value));
    proxies.authorization(uri).ifPresent(value -> request.header("Proxy-Authorization", value));
    return request;
  }

  private static URI next(URI asked, HttpHeaders headers) throws IOException {
    String location = headers.firstValue("Location").orElse("");
    URI next;
    try {
      next = asked.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new DamagedException(
          RefusedException.withoutQuery(asked) + " redirects to what is no address");
    }
    String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
    boolean web = scheme.equals("https") || scheme.equals("http");
    boolean weaker = "https".equalsIgnoreCase(asked.getScheme()) && !scheme.equals("https");
    if (location.isEmpty() || !web || weaker || next.getHost() == null) {
      throw new DamagedException(
          "%s redirects to %s, which is not followed"
              .formatted(
                  RefusedException.withoutQuery(asked),
                  location.isEmpty() ? "nowhere" : RefusedException.withoutQuery(next)));
    }
    return next;
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static IOException tooManyRedirects(URI uri) {
    return new DamagedException(
        RefusedException.withoutQuery(uri) + " redirects more than " + MOST_REDIRECTS + " times");
  }

  private static void check(URI uri, int status, HttpHeaders headers) throws IOException {
    if (status == 200 || status == 206) {
      return;
    }
    if (status == 429 || status >= 500) {
      throw new PassingException(
          uri.getHost() + (status == 429 ? " asks to wait (429)" : " answers " + status),
          waitAsked(headers),
          new RefusedException(uri, status, code(headers)));
    }
    throw new RefusedException(uri, status, code(headers));
  }

  private static String code(HttpHeaders headers) {
    return headers.firstValue("X-Error-Code").orElse("");
  }

  /** {@code Retry-After}, in seconds or as a date; null if there is none, or it makes no sense. */
  private static Duration waitAsked(HttpHeaders headers) {
    String value = headers.firstValue("Retry-After").orElse("").strip();
    try {
      if (value.matches("\\d{1,9}")) {
        return Duration.ofSeconds(Long.parseLong(value));
      }
      if (!value.isEmpty()) {
        Instant until =
            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        Duration wait = Duration.between(Instant.now(), until);
        return wait.isNegative() ? Duration.ZERO : wait;
      }
    } catch (DateTimeParseException e) {
      return null; // Not a date: our own pause will do.
    }
    return null;
  }
}
