package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.train.config.TrainingSettings;

/** The prompt of an earlier pack as the start of a run. */
final class EarlierPrompt {

  private EarlierPrompt() {}

  /**
   * Copies a pack's prompt into the run's; its head stays behind.
   *
   * @throws InvalidInputException if the pack has no prompt, or it belongs to another model
   */
  static void copy(Path pack, PromptModule prompt, PreparedRun run) {
    Backbone backbone = run.backbone();
    ModelFolder folder = run.folder();
    Pack earlier = Pack.openForPrompt(pack, TrainingSettings.START_FROM.name());
    if (earlier.weights().isPresent()) {
      throw InvalidInputException.of(
          "start-from: the prompt of pack %s belongs to weights that were trained with it, not to"
              + " '%s'",
          earlier.folder(), folder.name());
    }
    earlier.requireBackbone(backbone, folder.name());
    Optional<TrainedPrompt> flat = earlier.prompt(backbone);
    try {
      prompt.startFrom(
          flat.orElseThrow(
              () ->
                  InvalidInputException.of(
                      "start-from: pack %s has no prompt (its method is %s)",
                      earlier.folder(), earlier.facts().method())));
    } finally {
      flat.ifPresent(TrainedPrompt::close);
    }
  }
}
