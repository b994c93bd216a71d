package org.ptuning4j.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What MLflow's REST API is documented to do, as far as runs are brought: an MLflow server, which
 * is a program in Python, is not part of the build. Requests beyond the documented limits are
 * refused.
 */
final class TrackingServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A run, as it is known here. */
  static final class Known {
    String name;
    String status = "RUNNING";
    String experiment;
    boolean deleted;
    final Map<String, String> tags = new TreeMap<>();
    final Map<String, String> params = new TreeMap<>();
    final List<JsonNode> metrics = new ArrayList<>();
  }

  final Map<String, String> experiments = new LinkedHashMap<>();
  final Map<String, Known> runs = new LinkedHashMap<>();
  final List<String> authorizations = new ArrayList<>();
  int failAfter = Integer.MAX_VALUE;
  private final HttpServer server;

  TrackingServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/2.0/mlflow/", this::answer);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A request that is refused as the API does. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;

    Refusal(int status, String code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    String what = exchange.getRequestURI().getPath().substring("/api/2.0/mlflow/".length());
    int status = 200;
    Object said;
    try {
      if (--failAfter < 0) {
        throw new Refusal(500, "INTERNAL_ERROR", "the store is full");
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      said =
          answer(what, exchange, body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body));
    } catch (Refusal e) {
      status = e.status;
      said = Map.of("error_code", e.code, "message", e.getMessage());
    }
    byte[] bytes = JSON.writeValueAsBytes(said);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Object answer(String what, HttpExchange exchange, JsonNode body) {
    return switch (what) {
      case "experiments/get-by-name" -> experiment(exchange.getRequestURI().getRawQuery());
      case "experiments/create" -> created(body.path("name").asText());
      case "runs/create" -> createdRun(body);
      case "runs/search" -> found(body);
      case "runs/log-batch" -> logged(body);
      case "runs/update" -> updated(body);
      case "runs/delete" -> deleted(body);
      default -> throw new Refusal(404, "ENDPOINT_NOT_FOUND", what);
    };
  }

  private Object experiment(String query) {
    String name =
        URLDecoder.decode(query.substring("experiment_name=".length()), StandardCharsets.UTF_8);
    if (!experiments.containsKey(name)) {
      throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "there is no experiment " + name);
    }
    return Map.of("experiment", Map.of("experiment_id", experiments.get(name), "name", name));
  }

  private Object created(String name) {
    if (experiments.containsKey(name)) {
      throw new Refusal(400, "RESOURCE_ALREADY_EXISTS", name);
    }
    experiments.put(name, Integer.toString(experiments.size() + 1));
    return Map.of("experiment_id", experiments.get(name));
  }

  private Object createdRun(JsonNode body) {
    Known run = new Known();
    run.name = body.path("run_name").asText();
    run.experiment = body.path("experiment_id").asText();
    if (!experiments.containsValue(run.experiment)) {
      throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "experiment " + run.experiment);
    }
    body.path("tags")
        .forEach(tag -> run.tags.put(tag.path("key").asText(), tag.path("value").asText()));
    String id = "run-" + (runs.size() + 1);
    runs.put(id, run);
    return Map.of("run", Map.of("info", Map.of("run_id", id, "status", run.status)));
  }

  private Object found(JsonNode body) {
    String[] filter = body.path("filter").asText().split("`| = '|'", -1);
    List<Object> found = new ArrayList<>();
    runs.forEach(
        (id, run) -> {
          boolean asked =
              body.path("experiment_ids").toString().contains('"' + run.experiment + '"');
          if (asked && !run.deleted && filter[3].equals(run.tags.get(filter[1]))) {
            found.add(Map.of("info", Map.of("run_id", id, "status", run.status)));
          }
        });
    return found.isEmpty() ? Map.of() : Map.of("runs", found);
  }

  private Known known(JsonNode body) {
    Known run = runs.get(body.path("run_id").asText());
    if (run == null || run.deleted) {
      throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "run " + body.path("run_id"));
    }
    return run;
  }

  private Object logged(JsonNode body) {
    Known run = known(body);
    if (body.path("metrics").size() > 1000 || body.path("params").size() > 100) {
      throw new Refusal(400, "INVALID_PARAMETER_VALUE", "a batch is too large");
    }
    body.path("params").forEach(each -> param(run, each));
    body.path("metrics")
        .forEach(
            each -> {
              if (!each.path("value").isNumber() || !each.path("timestamp").isIntegralNumber()) {
                throw new Refusal(400, "INVALID_PARAMETER_VALUE", each.toString());
              }
              run.metrics.add(each);
            });
    return Map.of();
  }

  private static void param(Known run, JsonNode each) {
    String value = each.path("value").asText();
    String before = run.params.put(each.path("key").asText(), value);
    if (value.length() > 250 || (before != null && !before.equals(value))) {
      throw new Refusal(400, "INVALID_PARAMETER_VALUE", each.toString());
    }
  }

  private Object updated(JsonNode body) {
    known(body).status = body.path("status").asText();
    return Map.of("run_info", Map.of());
  }

  private Object deleted(JsonNode body) {
    known(body).deleted = true;
    return Map.of();
  }

  /** The values of a metric by their steps. */
  static Map<Integer, Double> values(Known run, String metric) {
    Map<Integer, Double> values = new TreeMap<>();
    run.metrics.stream()
        .filter(each -> each.path("key").asText().equals(metric))
        .forEach(each -> values.put(each.path("step").asInt(), each.path("value").asDouble()));
    return values;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
