package org.ptuning4j.study.cell;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;

/** One run of a study: a method on a task with a seed and the settings that the study varies. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "status")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Cell.Finished.class, name = "finished"),
  @JsonSubTypes.Type(value = Cell.Failed.class, name = "failed")
})
public sealed interface Cell {

  /** The setting that has the model's name, in tables of several models; see {@link #onModel}. */
  String MODEL = "model";

  /** The name of the method. */
  String method();

  /** The key of the task. */
  String task();

  /** The seed of the run. */
  long seed();

  /** What the study varies, such as {@code length}, {@code depth} or {@code head}; sorted. */
  Map<String, String> settings();

  /** Where the run's own files are; relative to the study, or empty if nothing was kept. */
  String folder();

  /**
   * The same cell with its model's name among the settings, so that tables and charts tell it from
   * those of other models. A stored cell has none: it is known by what is in the model's files, and
   * a folder may be renamed.
   */
  Cell onModel(String name);

  /**
   * A run that was finished.
   *
   * @param method the name of the method
   * @param task the key of the task
   * @param seed the seed
   * @param settings what the study varies
   * @param metric the name of the metric that decides
   * @param value that metric at the best evaluation; more is better
   * @param metrics every metric there by name
   * @param trainableParameters how many were trained
   * @param totalParameters how many there are, trained or not
   * @param seconds of training by the clock, evaluations and interruptions apart
   * @param peakMemoryBytes of the process or device; 0 if it was not measured
   * @param frozenBackbone whether the backbone stayed as it was
   * @param curve the evaluations in order
   * @param folder where the run's files are
   */
  record Finished(
      String method,
      String task,
      long seed,
      Map<String, String> settings,
      String metric,
      double value,
      Map<String, Double> metrics,
      long trainableParameters,
      long totalParameters,
      double seconds,
      long peakMemoryBytes,
      boolean frozenBackbone,
      List<CurvePoint> curve,
      String folder)
      implements Cell {

    /** Checks the ranges and copies what could change. */
    public Finished {
      requireText("method", method);
      requireText("task", task);
      requireText("metric", metric);
      if (!Double.isFinite(value)) {
        throw InvalidInputException.of("value: %s is no finite number", value);
      }
      if (trainableParameters < 0 || totalParameters < Math.max(1, trainableParameters)) {
        throw InvalidInputException.of(
            "trainableParameters: %d of totalParameters %d is not possible",
            trainableParameters, totalParameters);
      }
      if (!(seconds >= 0 && Double.isFinite(seconds)) || peakMemoryBytes < 0) {
        throw InvalidInputException.of(
            "seconds: %s and peakMemoryBytes: %d must be 0 or more", seconds, peakMemoryBytes);
      }
      settings = sorted(settings);
      metrics = sorted(metrics);
      curve = List.copyOf(curve);
      folder = folder == null ? "" : folder;
    }

    @Override
    public Finished onModel(String name) {
      return new Finished(
          method,
          task,
          seed,
          with(settings, name),
          metric,
          value,
          metrics,
          trainableParameters,
          totalParameters,
          seconds,
          peakMemoryBytes,
          frozenBackbone,
          curve,
          folder);
    }

    /** The trained part of all parameters, 0 to 1. */
    public double trainableShare() {
      return (double) trainableParameters / totalParameters;
    }
  }

  /**
   * A run that failed.
   *
   * @param method the name of the method
   * @param task the key of the task
   * @param seed the seed
   * @param settings what the study varies
   * @param cause why, in one sentence
   * @param folder where the run's files are
   */
  record Failed(
      String method,
      String task,
      long seed,
      Map<String, String> settings,
      String cause,
      String folder)
      implements Cell {

    /** Checks the fields and copies what could change. */
    public Failed {
      requireText("method", method);
      requireText("task", task);
      requireText("cause", cause);
      settings = sorted(settings);
      folder = folder == null ? "" : folder;
    }

    @Override
    public Failed onModel(String name) {
      return new Failed(method, task, seed, with(settings, name), cause, folder);
    }
  }

  private static void requireText(String field, String value) {
    if (value == null || value.isBlank()) {
      throw InvalidInputException.of("%s: must not be empty", field);
    }
  }

  private static Map<String, String> with(Map<String, String> settings, String model) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put(MODEL, model);
    return all;
  }

  private static <V> Map<String, V> sorted(Map<String, V> map) {
    if (map == null || map.values().stream().anyMatch(Objects::isNull)) {
      throw InvalidInputException.of("settings and metrics: must have no empty values");
    }
    return Collections.unmodifiableMap(new TreeMap<>(map));
  }
}
