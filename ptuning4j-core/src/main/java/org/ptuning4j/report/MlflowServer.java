package org.ptuning4j.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * A tracking server, asked by MLflow's REST API, version 2.0.
 *
 * @param address where it is, such as {@code http://127.0.0.1:5000}
 * @param authorization the header that says who asks; empty where no one has to
 */
public record MlflowServer(URI address, Optional<String> authorization) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String API = "/api/2.0/mlflow/";
  private static final String MISSING = "RESOURCE_DOES_NOT_EXIST";
  private static final int OK = 200;
  private static final int LONGEST_MESSAGE = 300;

  /** Checks the address. */
  public MlflowServer {
    String scheme = String.valueOf(address.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
      throw InvalidInputException.of(
          "mlflow: '%s' must be the address of a tracking server, such as http://127.0.0.1:5000",
          address);
    }
  }

  /**
   * The server at an address, with the credentials that MLflow's own clients take from the
   * environment: {@code MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and {@code
   * MLFLOW_TRACKING_PASSWORD}.
   *
   * @throws InvalidInputException if it is no address of a web server
   */
  public static MlflowServer at(String address, Map<String, String> environment) {
    try {
      return new MlflowServer(
          URI.create(address.replaceFirst("/+$", "")), authorization(environment));
    } catch (IllegalArgumentException e) {
      throw InvalidInputException.of(
          "mlflow: '%s' must be the address of a tracking server, such as http://127.0.0.1:5000",
          address);
    }
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    String token = environment.get("MLFLOW_TRACKING_TOKEN");
    if (token != null && !token.isBlank()) {
      return Optional.of("Bearer " + token);
    }
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    return Optional.ofNullable(user)
        .map(name -> (name + ":" + password).getBytes(StandardCharsets.UTF_8))
        .map(both -> "Basic " + Base64.getEncoder().encodeToString(both));
  }

  /** The identifier of an experiment, which is made if there is none of that name. */
  String experiment(String name) {
    HttpRequest.Builder asking =
        request(
            "experiments/get-by-name?experiment_name="
                + URLEncoder.encode(name, StandardCharsets.UTF_8));
    HttpResponse<String> found = send(asking.GET().build());
    JsonNode said = read(found);
    if (found.statusCode() == OK) {
      return text(said.path("experiment"), "experiment_id");
    }
    if (!said.path("error_code").asText().equals(MISSING)) {
      throw refused(found, said);
    }
    return text(post("experiments/create", Map.of("name", name)), "experiment_id");
  }

  /** Sends something to the API and gives what it answers. */
  JsonNode post(String what, Map<String, Object> body) {
    HttpResponse<String> response;
    try {
      response =
          send(
              request(what)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                  .build());
    } catch (IOException e) {
      throw new IllegalStateException("what is sent is plain data", e);
    }
    JsonNode said = read(response);
    if (response.statusCode() != OK) {
      throw refused(response, said);
    }
    return said;
  }

  /** A field that an answer must have. */
  String text(JsonNode node, String field) {
    String value = node.path(field).asText();
    if (value.isEmpty()) {
      throw InvalidInputException.of(
          "mlflow: the answer of %s has no %s; is it a tracking server?", address, field);
    }
    return value;
  }

  private HttpRequest.Builder request(String what) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + API + what)).timeout(PATIENCE);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private HttpResponse<String> send(HttpRequest request) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new InvalidInputException(
          "mlflow: " + address + " does not answer (" + FailureReason.of(e) + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a tracking server was asked", e);
    }
  }

  private JsonNode read(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw InvalidInputException.of(
          "mlflow: %s answers with status %d and no JSON; is it a tracking server?",
          address, response.statusCode());
    }
  }

  private InvalidInputException refused(HttpResponse<String> response, JsonNode said) {
    String message = said.path("message").asText();
    return InvalidInputException.of(
        "mlflow: %s refuses %s with status %d: %s",
        address,
        response.uri().getPath(),
        response.statusCode(),
        message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE));
  }
}
