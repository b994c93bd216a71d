package org.ptuning4j.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks a server on this machine.
 *
 * @param port its port
 * @param headers names and values in turn, sent with each request
 */
public record HttpClientForTests(int port, List<String> headers) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A client that sends no headers of its own. */
  public HttpClientForTests(int port) {
    this(port, List.of());
  }

  /** What a server has said. */
  public record Reply(int status, HttpResponse<String> response) {

    /** The body. */
    public String body() {
      return response.body();
    }

    /** The body as JSON. */
    public JsonNode json() {
      try {
        return JSON.readTree(body());
      } catch (JsonProcessingException e) {
        throw new AssertionError("no JSON: " + body(), e);
      }
    }

    /** A header's value. */
    public Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }
  }

  /** The same with one more header. */
  public HttpClientForTests with(String name, String value) {
    List<String> more = new ArrayList<>(headers);
    more.add(name);
    more.add(value);
    return new HttpClientForTests(port, more);
  }

  /** Sends JSON. */
  public Reply post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** Asks for an address. */
  public Reply get(String path) {
    return send(request(path).GET());
  }

  /** A request that is not complete yet. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    for (int i = 0; i < headers.size(); i += 2) {
      request.header(headers.get(i), headers.get(i + 1));
    }
    return request;
  }

  /** Sends a request. */
  public Reply send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Reply(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
