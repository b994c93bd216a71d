package org.ptuning4j.study.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;

/**
 * One cell of a study's plan: what to train, on which model and files, how, and its name in tables.
 *
 * @param method the method's name in tables; for most the name of the configuration's method
 * @param label the task's name in tables
 * @param shown the settings that the study varies, such as {@code depth}; tables and charts name
 *     them
 * @param model the model's folder, with config.json, weights and tokenizer
 * @param task the task
 * @param data its files
 * @param config how it is trained; the cell's seed is its seed
 * @param together a training of several tasks whose prompt is the start of this one
 */
public record StudyRun(
    String method,
    String label,
    Map<String, String> shown,
    Path model,
    Task<?> task,
    TrainingData data,
    TrainingConfig config,
    Optional<Together> together) {

  private static final ObjectMapper SORTED =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  /** Copies the settings. */
  public StudyRun {
    shown = Collections.unmodifiableMap(new TreeMap<>(shown));
  }

  /** A run that starts from nothing, under the method's own name. */
  public static StudyRun of(Path model, Task<?> task, TrainingData data, TrainingConfig config) {
    return new StudyRun(
        config.method().name(), task.name(), Map.of(), model, task, data, config, Optional.empty());
  }

  /**
   * Several tasks trained over one prompt (multi-task P-Tuning v2, section 3.3). Runs with equal
   * ones share it: it is trained once.
   *
   * @param tasks two or more, with different names
   * @param config how they are trained
   */
  public record Together(List<TaskData> tasks, TrainingConfig config) {

    /** Copies the tasks. */
    public Together {
      tasks = List.copyOf(tasks);
      if (tasks.size() < 2) {
        throw InvalidInputException.of(
            "tasks: %s; a prompt of several tasks needs two or more",
            tasks.stream().map(TaskData::name).toList());
      }
    }
  }

  /** What the run is, the contents of files apart: every setting and the task, by name. */
  public Map<String, String> described() {
    Map<String, String> all = new TreeMap<>(shown);
    config.settings().forEach((name, value) -> all.put("config." + name, String.valueOf(value)));
    all.put("method", method);
    all.put("label", label);
    all.put("model", model.toString());
    all.put("task", definition(task));
    return Collections.unmodifiableMap(all);
  }

  /** A task's definition as JSON: equal for equal definitions. */
  public static String definition(Task<?> task) {
    try {
      return SORTED.writeValueAsString(task.definition());
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          "task: the definition of '" + task.name() + "' cannot be written as JSON", e);
    }
  }

  /** The seed. */
  public long seed() {
    return config.seed();
  }
}
