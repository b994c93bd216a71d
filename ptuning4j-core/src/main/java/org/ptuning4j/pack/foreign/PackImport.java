package org.ptuning4j.pack.foreign;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Version;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.text.TextTokenizer;

/**
 * Makes a pack of another program's prompt.
 *
 * @param backbone the model that it was trained on
 * @param folder that model's folder
 * @param tokenizer that model's
 * @param settings what the user says of it
 */
public record PackImport(
    Backbone backbone, ModelFolder folder, TextTokenizer tokenizer, ImportSettings settings) {

  /**
   * Writes the pack; the prompt stays the caller's.
   *
   * @throws InvalidInputException if the head does not fit the model or the task, or something is
   *     missing that neither the files nor the settings say
   */
  public Pack write(ForeignPrompt prompt, Path target) {
    return Scope.run(() -> writeScoped(prompt, target));
  }

  private Pack writeScoped(ForeignPrompt prompt, Path target) {
    BackboneSpec spec = backbone.spec();
    ForeignHead found = ForeignHead.of(prompt, tensors(prompt), spec, folder.config());
    ForeignTask definition = ForeignTask.of(settings.task(), prompt, found.outputs());
    ForeignHead head = found.outputs() == 0 ? found : found.reordered(definition.order());
    PreparedTask<?> task = prepared(TaskKinds.installed().read(definition.definition()));
    HeadSpec headSpec = headSpec(prompt, task, head);
    headSpec.requireFit(spec, folder.name());
    try (Head restored = headSpec.restore(backbone, head.tensors())) {
      PackFacts facts = facts(prompt, task, headSpec);
      return Pack.save(target, facts, Optional.of(prompt.prompt()), restored, Optional.empty());
    }
  }

  /** The tensors beside the prompt's, with those of the user's file that are not among them. */
  private Map<String, Tensor> tensors(ForeignPrompt prompt) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    prompt.head().forEach((name, saved) -> all.put(name, prompt.source().read(saved)));
    settings
        .headTensors()
        .ifPresent(
            file -> {
              try (TensorSource source = Checkpoints.open(file)) {
                source.names().forEach(name -> all.putIfAbsent(name, source.read(name)));
              }
            });
    return all;
  }

  private <E extends Example> PreparedTask<E> prepared(Task<E> task) {
    return task.prepare(Preparation.complete(tokenizer));
  }

  private HeadSpec headSpec(ForeignPrompt prompt, PreparedTask<?> task, ForeignHead head) {
    HeadSpec spec = task.head(new HeadOptions(backbone.spec(), head.input(), 0));
    if (!prompt.outputs().isOf(spec)) {
      throw InvalidInputException.of(
          "task: %s answers with a head of kind '%s', and %s has one for %s",
          task.task().name(), spec.kind(), prompt.name(), prompt.outputs().usualTask());
    }
    Object labels = spec.settings().get("labels");
    if (labels != null && !labels.equals(head.outputs())) {
      throw InvalidInputException.of(
          "task: %s has %s labels, and the head of %s has %d outputs",
          task.task().name(), labels, prompt.name(), head.outputs());
    }
    return spec;
  }

  private PackFacts facts(ForeignPrompt prompt, PreparedTask<?> task, HeadSpec head) {
    BackboneSpec spec = backbone.spec();
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("method", prompt.method());
    this.settings.maxLength().ifPresent(longest -> settings.put("max_length", longest));
    Map<String, Object> headFacts = new LinkedHashMap<>();
    headFacts.put("kind", head.kind());
    headFacts.putAll(head.settings());
    return new PackFacts(
        PackFacts.FORMAT,
        prompt.method(),
        settings,
        prompt.description(),
        headFacts,
        task.definition(),
        new PackFacts.BackboneId(
            folder.name(),
            spec.modelType(),
            spec.layers(),
            spec.hidden(),
            backbone.weightsHash(),
            head.usesLanguageModel() ? backbone.languageModel().weightsHash() : null),
        new PackFacts.Provenance(
            null,
            0,
            0,
            Map.of(),
            Map.of("origin", prompt.origin()),
            Map.of("ptuning4j", Version.current())),
        Map.of());
  }
}
