package org.ptuning4j.hub.download;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A web server on this machine that serves what a test gives it, notes what it is asked, and
 * misbehaves when told to.
 */
public final class TestServer implements AutoCloseable {

  /** What was asked. */
  public record Seen(String method, String path, Headers headers) {

    public String header(String name) {
      return headers.getFirst(name);
    }

    public boolean is(String wantedMethod, String wantedPath) {
      return method.equals(wantedMethod) && path.equals(wantedPath);
    }
  }

  /** Answers a request in its own way. */
  @FunctionalInterface
  public interface Answering {
    void answer(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Answering> pages = new ConcurrentHashMap<>();
  private final Map<String, Deque<Answering>> once = new ConcurrentHashMap<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  public TestServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public URI uri(String path) {
    return URI.create(uri() + path);
  }

  public List<Seen> seen() {
    return List.copyOf(seen);
  }

  public List<Seen> seen(String method, String path) {
    return seen.stream().filter(each -> each.is(method, path)).toList();
  }

  /** Answers a path so, always. */
  public void page(String path, Answering answering) {
    pages.put(path, answering);
  }

  /** Answers the next request of that method for a path so; those after it as usual. */
  public void next(String method, String path, Answering... answers) {
    once.computeIfAbsent(method + " " + path, key -> new ArrayDeque<>())
        .addAll(Arrays.asList(answers));
  }

  /** Serves bytes, with ranges, under an entity tag. */
  public void file(String path, byte[] content, Map<String, String> headers) {
    page(path, exchange -> file(exchange, content, headers));
  }

  public static void file(HttpExchange exchange, byte[] content, Map<String, String> headers)
      throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    int from = from(exchange);
    if (from >= content.length && from > 0) {
      send(exchange, 416, new byte[0]);
      return;
    }
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    send(exchange, from > 0 ? 206 : 200, Arrays.copyOfRange(content, from, content.length));
  }

  public static int from(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))
        .map(range -> Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1")))
        .orElse(0);
  }

  /** An answer with that status and these headers, names and values in turn. */
  public static Answering status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      send(exchange, status, new byte[0]);
    };
  }

  /** Announces all of the content and breaks off after some bytes. */
  public static Answering truncated(byte[] content, int bytes, Map<String, String> headers) {
    return exchange -> {
      headers.forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(200, content.length);
      OutputStream body = exchange.getResponseBody();
      body.write(content, 0, bytes);
      body.flush();
      exchange.close();
    };
  }

  /** Announces all of the content, sends some bytes, and then nothing until the server closes. */
  public Answering stalled(byte[] content, int bytes, Map<String, String> headers) {
    return exchange -> {
      headers.forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(200, content.length);
      OutputStream body = exchange.getResponseBody();
      body.write(content, 0, bytes);
      body.flush();
      try {
        closing.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
    };
  }

  public static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
    }
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    Headers headers = new Headers();
    headers.putAll(exchange.getRequestHeaders());
    seen.add(new Seen(exchange.getRequestMethod(), path, headers));
    Deque<Answering> special =
        once.getOrDefault(exchange.getRequestMethod() + " " + path, new ArrayDeque<>());
    Answering answering;
    synchronized (once) {
      answering = special.poll();
    }
    if (answering == null) {
      answering = pages.getOrDefault(path, status(404, "X-Error-Code", "EntryNotFound"));
    }
    answering.answer(exchange);
  }

  /** Headers of a map literal, in order. */
  public static Map<String, String> headers(String... namesAndValues) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
