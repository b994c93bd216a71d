package org.ptuning4j.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.train.run.TrainingResult;

/**
 * A run's folder, as training left it.
 *
 * @param name what the report calls it
 * @param folder where it is
 * @param result what it came to
 * @param curve its evaluations in order
 * @param packBytes the size of its pack
 */
public record ReportedRun(
    String name, Path folder, TrainingResult result, List<Point> curve, long packBytes) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the list. */
  public ReportedRun {
    curve = List.copyOf(curve);
  }

  /**
   * An evaluation.
   *
   * @param step the steps made
   * @param trainLoss the mean training loss since the one before
   * @param devLoss the loss on the evaluation data
   * @param value the deciding metric; NaN where it is undefined
   */
  public record Point(int step, double trainLoss, double devLoss, double value) {}

  /**
   * Reads a run.
   *
   * @param metric that decides, by its name in {@code metrics.jsonl}
   * @throws InvalidInputException if the folder holds no run that was evaluated
   */
  public static ReportedRun read(String name, Path folder, String metric) {
    Path result = folder.resolve("result.json");
    if (!Files.exists(result) || !Files.isDirectory(folder.resolve("pack"))) {
      throw InvalidInputException.of(
          "run: %s holds no run with a result and a pack; train one, or name its folder", folder);
    }
    try {
      List<Point> curve = new ArrayList<>();
      Path metrics = folder.resolve("metrics.jsonl");
      if (Files.exists(metrics)) {
        for (String line : Files.readAllLines(metrics, StandardCharsets.UTF_8)) {
          JsonNode point = JSON.readTree(line);
          curve.add(
              new Point(
                  point.path("step").asInt(),
                  number(point.path("train_loss")),
                  number(point.path("dev_loss")),
                  number(point.path("metrics").path(metric))));
        }
      }
      return new ReportedRun(
          name,
          folder,
          JSON.readValue(Files.readAllBytes(result), TrainingResult.class),
          curve,
          bytes(folder.resolve("pack")));
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  private static double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : Double.NaN;
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
