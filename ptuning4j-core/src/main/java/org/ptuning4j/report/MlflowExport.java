package org.ptuning4j.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Version;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Brings finished runs to a tracking server: settings as parameters, each evaluation as metrics by
 * its step, what they came to and what they cost. A run that is there already is not brought again.
 *
 * @param server the server
 * @param experiment the name of the experiment that they belong to
 */
public record MlflowExport(MlflowServer server, String experiment) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** By this a run is found again. */
  private static final String TAG = "ptuning4j.run";

  /** What a request may have at most, by the API's documentation. */
  private static final int MOST_METRICS = 1000;

  private static final int MOST_PARAMS = 100;

  /** The longest value of a parameter that every version takes. */
  private static final int LONGEST = 250;

  /** Checks the name. */
  public MlflowExport {
    if (experiment.isBlank()) {
      throw new InvalidInputException("mlflow-experiment: a name must not be blank");
    }
  }

  /**
   * What became of a run.
   *
   * @param id that of the server
   * @param isNew whether it was brought now
   */
  public record Exported(String id, boolean isNew) {}

  /**
   * Brings a run.
   *
   * @throws InvalidInputException if the server cannot be reached, or refuses it
   */
  public Exported export(ReportedRun run) {
    String experimentId = server.experiment(experiment);
    String print = fingerprint(run.folder());
    JsonNode found =
        server.post(
            "runs/search",
            Map.of(
                "experiment_ids",
                List.of(experimentId),
                "filter",
                "tags.`" + TAG + "` = '" + print + "'",
                "max_results",
                10));
    for (JsonNode each : found.path("runs")) {
      String id = server.text(each.path("info"), "run_id");
      if (!each.path("info").path("status").asText().equals("RUNNING")) {
        return new Exported(id, false);
      }
      server.post("runs/delete", Map.of("run_id", id)); // an export that was interrupted
    }
    return new Exported(create(run, experimentId, print), true);
  }

  private String create(ReportedRun run, String experimentId, String print) {
    TrainingResult result = run.result();
    long end = modified(run.folder().resolve("result.json"));
    List<JsonNode> points = points(run.folder());
    double seconds =
        points.stream().mapToDouble(each -> each.path("seconds").asDouble()).max().orElse(0);
    long start = end - Math.round(1000 * seconds);
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(TAG, print);
    tags.put("ptuning4j.version", Version.current());
    tags.put("ptuning4j.task", result.task());
    JsonNode created =
        server.post(
            "runs/create",
            Map.of(
                "experiment_id",
                experimentId,
                "run_name",
                run.name(),
                "start_time",
                start,
                "tags",
                pairs(tags)));
    String id = server.text(created.path("run").path("info"), "run_id");
    List<Map<String, Object>> metrics = new ArrayList<>();
    points.forEach(point -> metrics.addAll(metrics(point, start)));
    metrics.addAll(costs(run, end));
    log(id, metrics, pairs(parameters(result)));
    server.post(
        "runs/update",
        Map.of("run_id", id, "status", result.finished() ? "FINISHED" : "KILLED", "end_time", end));
    return id;
  }

  private void log(
      String id, List<Map<String, Object>> metrics, List<Map<String, Object>> parameters) {
    for (int at = 0; at < parameters.size(); at += MOST_PARAMS) {
      server.post(
          "runs/log-batch",
          Map.of(
              "run_id",
              id,
              "params",
              parameters.subList(at, Math.min(parameters.size(), at + MOST_PARAMS))));
    }
    for (int at = 0; at < metrics.size(); at += MOST_METRICS) {
      server.post(
          "runs/log-batch",
          Map.of(
              "run_id",
              id,
              "metrics",
              metrics.subList(at, Math.min(metrics.size(), at + MOST_METRICS))));
    }
  }

  private static Map<String, String> parameters(TrainingResult result) {
    Map<String, String> parameters = new TreeMap<>();
    result
        .settings()
        .forEach(
            (name, value) -> {
              if (value != null) {
                parameters.put(name, shortened(String.valueOf(value)));
              }
            });
    parameters.put("method", result.method());
    return parameters;
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
  }

  private static List<Map<String, Object>> pairs(Map<String, String> values) {
    List<Map<String, Object>> pairs = new ArrayList<>();
    values.forEach((key, value) -> pairs.add(Map.of("key", key, "value", value)));
    return pairs;
  }

  private static List<Map<String, Object>> metrics(JsonNode point, long start) {
    long time = start + Math.round(1000 * point.path("seconds").asDouble());
    int step = point.path("step").asInt();
    Map<String, JsonNode> values = new LinkedHashMap<>();
    values.put("train_loss", point.path("train_loss"));
    values.put("dev_loss", point.path("dev_loss"));
    point
        .path("metrics")
        .properties()
        .forEach(each -> values.put("dev_" + each.getKey(), each.getValue()));
    List<Map<String, Object>> metrics = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (value.isNumber()) { // one that is undefined is no metric
            metrics.add(metric(name, value.asDouble(), time, step));
          }
        });
    return metrics;
  }

  private static List<Map<String, Object>> costs(ReportedRun run, long time) {
    TrainingResult result = run.result();
    Map<String, Double> values = new TreeMap<>();
    result.best().forEach((name, value) -> values.put("best_" + name, value));
    values.put("train_seconds", result.trainSeconds());
    values.put("trainable_parameters", (double) result.trainableParameters());
    values.put("pack_bytes", (double) run.packBytes());
    if (result.peakMemoryBytes() > 0) {
      values.put("peak_memory_bytes", (double) result.peakMemoryBytes());
    }
    List<Map<String, Object>> metrics = new ArrayList<>();
    values.forEach((name, value) -> metrics.add(metric(name, value, time, result.steps())));
    return metrics;
  }

  private static Map<String, Object> metric(String key, double value, long time, int step) {
    return Map.of("key", key, "value", value, "timestamp", time, "step", step);
  }

  private static List<JsonNode> points(Path folder) {
    Path file = folder.resolve("metrics.jsonl");
    try {
      List<JsonNode> points = new ArrayList<>();
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
          points.add(JSON.readTree(line));
        }
      }
      return points;
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** That of what the run came to: the same run at another place is the same. */
  private static String fingerprint(Path folder) {
    Path file = folder.resolve("result.json");
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(hash);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
