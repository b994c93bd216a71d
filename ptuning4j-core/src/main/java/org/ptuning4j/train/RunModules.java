package org.ptuning4j.train;

import java.util.Comparator;
import java.util.List;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.loop.Trainer;
import org.ptuning4j.train.objective.StateStore;
import org.ptuning4j.train.run.TrainingListener;

/**
 * What a run trains, as its seed makes it, and its trainer.
 *
 * @param prompt the prompt
 * @param objectives the heads with their data
 * @param trainer trains both
 */
record RunModules(PromptModule prompt, TaskObjectives objectives, Trainer trainer)
    implements AutoCloseable {

  /**
   * New modules; nothing is trained yet.
   *
   * @param store where states that are computed once are kept
   */
  static RunModules create(
      PreparedRun parts, List<HeadSpec> heads, StateStore store, TrainingListener listener) {
    TrainingConfig config = parts.config();
    Backbone backbone = parts.backbone();
    PromptModule prompt =
        config
            .method()
            .create(
                new PromptContext(
                    prompted(backbone.spec(), heads),
                    backbone.engine(),
                    RandomStream.of(config.seed(), "prompt"),
                    new ModelVocabulary(parts.tokenizer(), backbone),
                    new RunTexts(parts, listener)));
    try {
      TaskObjectives objectives = TaskObjectives.create(parts, heads, config.temperature());
      try {
        Trainer trainer =
            new Trainer(
                config,
                backbone,
                prompt,
                objectives.all(),
                parts.run(),
                listener,
                store,
                parts.exchange());
        config
            .startFrom()
            .filter(start -> !start.best())
            .ifPresent(start -> EarlierPrompt.copy(start.folder(), prompt, parts));
        return new RunModules(prompt, objectives, trainer);
      } catch (RuntimeException e) {
        objectives.close();
        throw e;
      }
    } catch (RuntimeException e) {
      prompt.close();
      throw e;
    }
  }

  /** What a prompt is made for: the layers that the heads' texts pass, of the deepest head. */
  static BackboneSpec prompted(BackboneSpec spec, List<HeadSpec> heads) {
    return heads.stream()
        .map(head -> head.passed(spec))
        .max(Comparator.comparingInt(BackboneSpec::layers))
        .orElse(spec);
  }

  @Override
  public void close() {
    trainer.close();
    objectives.close();
    prompt.close();
  }
}
