package org.ptuning4j.train;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.TrainingListener;

/** The settings of a run that are left open until its data and its model are known. */
record OpenSettings(TrainingConfig config, TrainingListener listener) {

  /**
   * All settings.
   *
   * @param tasks encoded for the model
   * @param spec of the whole model
   */
  TrainingConfig settle(List<EncodedTask<?>> tasks, ModelFolder model, BackboneSpec spec) {
    remarkOnWords(tasks, spec);
    TrainingConfig sized =
        config.over(tasks.stream().mapToInt(part -> part.batches(config)).sum()).toBuilder()
            .method(config.method().settledFor(spec))
            .build();
    List<? extends Task<?>> asked = tasks.stream().map(part -> part.task().task()).toList();
    if (asked.stream().noneMatch(Task::answersWords)) {
      return sized.forTask(asked.get(0));
    }
    TrainingConfigBuilder settled = sized.toBuilder().tagHead(Optional.of(sized.usedTagHead()));
    if (asked.stream().allMatch(Task::answersWords)) {
      settled.readLayer(layerOfWords(model, spec));
    }
    return settled.build();
  }

  /** Says why a method that is better with a cloze has none. */
  private void remarkOnWords(List<EncodedTask<?>> tasks, BackboneSpec spec) {
    boolean couldAnswer =
        tasks.stream()
            .map(part -> part.task().task())
            .anyMatch(task -> !task.hasTemplate() && hasCloze(task));
    if (couldAnswer
        && config.method().prefersTemplate()
        && config.headInput().isEmpty()
        && !spec.hasLanguageModel()) {
      listener.noted(
          config.method().name()
              + " usually answers in the model's words; this model has none, so that a linear head"
              + " is trained");
    }
  }

  private static boolean hasCloze(Task<?> task) {
    return task.labelled().flatMap(LabelledTask::cloze).isPresent();
  }

  private Optional<Integer> layerOfWords(ModelFolder model, BackboneSpec spec) {
    OptionalInt layer = EmbeddingPooling.of(model).tokenLayer(spec);
    if (layer.isEmpty() || !isOpen(layer.getAsInt())) {
      return config.readLayer();
    }
    listener.noted(
        String.format(
            Locale.ROOT,
            "1_Pooling/config.json: the model was trained to embed whole texts; tags are read at"
                + " layer %d of %d",
            layer.getAsInt(),
            spec.layers()));
    return Optional.of(layer.getAsInt());
  }

  private boolean isOpen(int layer) {
    return config.readLayer().isEmpty()
        && !config.method().trainsBackbone()
        && promptIsWithin(layer);
  }

  private boolean promptIsWithin(int layers) {
    SettingValues method = config.method().settings();
    return !method.declared().contains(MethodSettings.LAYERS)
        || method.get(MethodSettings.LAYERS).isWithin(layers);
  }
}
