package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.text.Truncation;

/**
 * What every task says of itself, whatever its kind.
 *
 * @param name its name: letters, digits, {@code -} and {@code _}
 * @param description one line on what it asks
 * @param metrics the names of the metrics that are reported; the first decides which epoch is best
 * @param truncation how long inputs are cut, unless the user says otherwise
 * @param presets published settings, one for each model class at most
 */
public record TaskInfo(
    String name,
    String description,
    List<String> metrics,
    Truncation truncation,
    List<Preset> presets) {

  /** Checks the name; copies the lists. */
  public TaskInfo {
    TaskName.require(name);
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(truncation, "truncation");
    metrics = List.copyOf(metrics);
    presets = List.copyOf(presets);
    if (metrics.isEmpty()) {
      throw InvalidInputException.of("task '%s': it reports no metric", name);
    }
    if (truncation.direction() != Truncation.Direction.RIGHT) {
      throw InvalidInputException.of(
          "task '%s': truncation is %s; a task's texts are cut at their ends (RIGHT)",
          name, truncation.direction());
    }
  }

  /** A task without published settings. */
  public static TaskInfo of(
      String name, String description, List<String> metrics, Truncation truncation) {
    return new TaskInfo(name, description, metrics, truncation, List.of());
  }

  /**
   * What a definition says, with usual values for what it leaves out.
   *
   * @param usual its name counts only where the definition has none
   */
  public static TaskInfo read(Fields fields, TaskInfo usual) {
    return of(
        fields.optionalText("name").orElse(usual.name()),
        fields.optionalText("description").orElse(usual.description()),
        fields.has("metrics") ? fields.texts("metrics") : usual.metrics(),
        Truncations.read(fields, usual.truncation()));
  }

  /**
   * What the definition of a task says that is fixed but for its name and how inputs are cut.
   *
   * @param usual the task where the definition says nothing
   * @param others names of further fields, which the caller reads
   */
  public static TaskInfo readFixed(Fields fields, TaskInfo usual, String... others) {
    List<String> known = new ArrayList<>(List.of("kind", "name"));
    known.addAll(List.of(others));
    known.addAll(Truncations.NAMES);
    fields.requireOnly(known);
    return new TaskInfo(
        fields.optionalText("name").orElse(usual.name()),
        usual.description(),
        usual.metrics(),
        Truncations.read(fields, usual.truncation()),
        usual.presets());
  }

  /** The definition that {@link #readFixed} reads. */
  public Map<String, Object> fixedDefinition(String kind) {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("kind", kind);
    definition.put("name", name);
    definition.putAll(Truncations.write(truncation));
    return definition;
  }

  /** The metric that decides which epoch is the best; more is better. */
  public String primaryMetric() {
    return metrics.get(0);
  }

  /** The published settings for a model class, where there are any. */
  public Optional<Preset> preset(ModelClass modelClass) {
    return presets.stream().filter(each -> each.modelClass() == modelClass).findFirst();
  }

  /**
   * Makes sure that the labels of a task that is to be asked are known.
   *
   * @throws InvalidInputException where there are none
   */
  public void requireLabels(List<String> labels) {
    if (labels.isEmpty()) {
      throw InvalidInputException.of(
          "task.labels: missing; without training data, task '%s' has to name them", name);
    }
  }

  /** The same with other metrics. */
  public TaskInfo withMetrics(List<String> newMetrics) {
    return new TaskInfo(name, description, newMetrics, truncation, presets);
  }

  /** The same with inputs cut in another way. */
  public TaskInfo withTruncation(Truncation newTruncation) {
    return new TaskInfo(name, description, metrics, newTruncation, presets);
  }

  /** The same with published settings. */
  public TaskInfo withPresets(List<Preset> newPresets) {
    return new TaskInfo(name, description, metrics, truncation, newPresets);
  }

  /** Puts name and description into a definition. */
  public void writeNames(Map<String, Object> definition) {
    definition.put("name", name);
    definition.put("description", description);
  }

  /** Puts metrics and truncation into a definition. */
  public void writeMeasures(Map<String, Object> definition) {
    definition.put("metrics", metrics);
    definition.putAll(Truncations.write(truncation));
  }
}
