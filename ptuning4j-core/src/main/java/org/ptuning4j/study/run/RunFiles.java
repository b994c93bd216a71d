package org.ptuning4j.study.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.CurvePoint;

/** What a study does with the files that a run leaves behind. */
public final class RunFiles {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RunFiles() {}

  /** Whether a run was begun in this folder, so that it can go on. */
  public static boolean isBegun(Path run) {
    return Files.exists(run.resolve("run.json"));
  }

  /** The training seconds of a finished run. */
  public static Optional<Double> finishedSeconds(Path run) {
    Path file = run.resolve("result.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode result = JSON.readTree(Files.readAllBytes(file));
      return result.path("finished").asBoolean()
          ? Optional.of(result.path("train_seconds").asDouble())
          : Optional.empty();
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** The evaluations of a run, from its {@code metrics.jsonl}. */
  public static List<CurvePoint> curve(Path run, String metric) {
    Path file = run.resolve("metrics.jsonl");
    List<CurvePoint> curve = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        JsonNode point = JSON.readTree(line);
        JsonNode loss = point.path("train_loss");
        JsonNode value = point.path("metrics").path(metric);
        if (value.isNumber()) {
          curve.add(
              new CurvePoint(
                  point.path("epoch").asInt(),
                  point.path("step").asLong(),
                  value.asDouble(),
                  loss.isNumber() ? loss.asDouble() : Double.NaN));
        }
      }
      return curve;
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * Deletes what only an unfinished run needs, so that a study of many runs does not fill the disk.
   *
   * @param keepPack false for packs that hold a whole model
   */
  public static void clean(Path run, boolean keepPack) {
    if (!Files.isDirectory(run)) {
      return;
    }
    try {
      for (Path file : listed(run)) {
        String name = String.valueOf(file.getFileName());
        if (name.equals("checkpoint.safetensors") || name.matches("best-\\d+\\.safetensors")) {
          Files.delete(file);
        }
      }
      Path pack = run.resolve("pack");
      if (!keepPack && Files.isDirectory(pack)) {
        for (Path file : listed(pack)) {
          Files.delete(file);
        }
        Files.delete(pack);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(run + " cannot be cleaned up", e);
    }
  }

  private static List<Path> listed(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
