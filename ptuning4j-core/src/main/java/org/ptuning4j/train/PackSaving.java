package org.ptuning4j.train;

import java.util.Map;
import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.prompt.DeepPrompt;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.task.SequenceClassificationTask;
import org.ptuning4j.tensor.Scope;

/** Makes a pack of what a run has trained. */
final class PackSaving {

  private PackSaving() {}

  /** Saves the modules as they are into the run's folder. */
  static void save(
      RunParts parts,
      SequenceHeadSpec headSpec,
      PromptModule prompt,
      ClassificationObjective objective,
      TrainingResult result) {
    Scope.run(
        () -> {
          Optional<DeepPrompt> flat = prompt.flatten();
          try {
            Pack.save(
                parts.run().pack(),
                facts(parts, headSpec, flat, result),
                flat,
                objective.parameters(),
                Optional.of(parts.backbone())
                    .filter(trained -> parts.config().method().trainsBackbone()));
          } finally {
            flat.ifPresent(DeepPrompt::close);
          }
        });
  }

  private static PackFacts facts(
      RunParts parts,
      SequenceHeadSpec headSpec,
      Optional<DeepPrompt> prompt,
      TrainingResult result) {
    SequenceClassificationTask labelled = parts.task();
    BackboneSpec spec = parts.backbone().spec();
    return new PackFacts(
        PackFacts.FORMAT,
        parts.config().method().name(),
        parts.config().settings(),
        prompt
            .map(
                p ->
                    new PackFacts.Prompt(
                        p.length(),
                        p.layers().stream().map(layer -> layer + 1).toList(),
                        p.positions().label()))
            .orElse(null),
        new PackFacts.Head("sequence", headSpec.input().label(), labelled.labels()),
        new PackFacts.Task(
            labelled.name(),
            labelled.text().source(),
            labelled.hasPair() ? labelled.pair().source() : null,
            labelled.labelColumn(),
            labelled.labelNames(),
            labelled.metrics().stream().map(Metric::key).toList(),
            labelled.truncation().strategy().name(),
            parts.config().maxLength()),
        new PackFacts.BackboneId(
            parts.folder().name(),
            spec.modelType(),
            spec.layers(),
            spec.hidden(),
            parts.backbone().weightsHash()),
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
