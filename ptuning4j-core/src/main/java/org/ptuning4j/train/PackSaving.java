package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.train.objective.TaskObjective;
import org.ptuning4j.train.run.TrainingResult;

/** Makes packs of what a run has trained: one for each task, all with the same prompt. */
final class PackSaving {

  private PackSaving() {}

  /** Saves the modules as they are into the run's folder. */
  static void save(
      PreparedRun parts,
      List<HeadSpec> heads,
      PromptModule prompt,
      TaskObjectives objectives,
      List<TaskObjective.Tuned> tuned,
      TrainingResult result) {
    Scope.run(
        () -> {
          Optional<TrainedPrompt> flat = prompt.flatten();
          try {
            for (int i = 0; i < tuned.size(); i++) {
              EncodedTask<?> part = parts.tasks().get(i);
              Path folder = tuned.size() == 1 ? parts.run().pack() : parts.run().pack(part.name());
              Pack.save(
                  folder,
                  facts(parts, part.prefix(), heads.get(i), tuned.get(i).task(), flat, result),
                  flat,
                  objectives.each().get(i).head(),
                  Optional.of(parts.backbone())
                      .filter(trained -> parts.config().method().trainsBackbone()));
            }
          } finally {
            flat.ifPresent(TrainedPrompt::close);
          }
        });
  }

  private static PackFacts facts(
      PreparedRun parts,
      int prefix,
      HeadSpec head,
      PreparedTask<?> task,
      Optional<TrainedPrompt> prompt,
      TrainingResult result) {
    BackboneSpec spec = parts.backbone().spec();
    Map<String, Object> headFacts = new LinkedHashMap<>();
    headFacts.put("kind", head.kind());
    headFacts.putAll(head.settings());
    return new PackFacts(
        PackFacts.FORMAT,
        parts.config().method().name(),
        parts.config().settings(),
        prompt.map(flat -> flat.description(prefix > 0)).orElse(null),
        headFacts,
        task.definition(),
        new PackFacts.BackboneId(
            parts.folder().name(),
            spec.modelType(),
            spec.layers(),
            parts.backbone().readLayer().isPresent() ? spec.layers() : null,
            spec.hidden(),
            parts.backbone().weightsHash(),
            head.usesLanguageModel() ? parts.backbone().languageModel().weightsHash() : null),
        new PackFacts.Provenance(
            result.precision(),
            parts.config().seed(),
            result.epoch(),
            result.best(),
            parts.fingerprints(),
            result.versions()),
        Map.of());
  }
}
