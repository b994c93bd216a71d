package org.ptuning4j.cli.options;

import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.Tasks;

/** What {@code --preset paper} finds for a task and a model. */
record PublishedSettings(Task<?> task, ModelFolder model) {

  /**
   * The published settings for a method.
   *
   * @throws InvalidInputException if there are none; the message lists those that there are
   */
  Preset of(String method) {
    if (!method.equals(PTuningV2.NAME)) {
      throw InvalidInputException.of(
          "preset: the published settings are for %s, not for %s", PTuningV2.NAME, method);
    }
    BackboneSpec spec = BackboneFamilies.installed().of(model).spec(model);
    return ModelClass.of(spec.modelType(), spec.layers(), spec.hidden())
        .flatMap(task::preset)
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "preset: nothing is published for task %s on a %s model of %d layers of %d;"
                        + " there is: %s",
                    task.name(), spec.modelType(), spec.layers(), spec.hidden(), all()));
  }

  private static String all() {
    return Tasks.standard().all().stream()
        .filter(task -> !task.presets().isEmpty())
        .map(PublishedSettings::models)
        .collect(Collectors.joining("; "));
  }

  private static String models(Task<?> task) {
    return task.name()
        + " on "
        + task.presets().stream()
            .map(preset -> preset.modelClass().key())
            .collect(Collectors.joining(" and "));
  }
}
