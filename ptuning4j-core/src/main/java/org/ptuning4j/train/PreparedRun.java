package org.ptuning4j.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.config.StartFrom;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.run.RunFolder;

/**
 * What a run is made of.
 *
 * @param asked how it is to train, with nothing left open
 * @param config how it trains; a run of one of its starts has that one's seed
 * @param run where its files go
 * @param folder the model
 * @param backbone the model, loaded
 * @param tokenizer the model's tokenizer
 * @param tasks the tasks, one at least
 * @param fingerprints of model and data
 * @param exchange connects the workers that share the run's steps
 */
record PreparedRun(
    TrainingConfig asked,
    TrainingConfig config,
    RunFolder run,
    ModelFolder folder,
    Backbone backbone,
    TextTokenizer tokenizer,
    List<EncodedTask<?>> tasks,
    Map<String, Object> fingerprints,
    GradientExchange exchange) {

  /** The same as a run of one of its starts, in another folder. */
  PreparedRun of(Start start, RunFolder own) {
    return new PreparedRun(
        asked,
        config.toBuilder()
            .seed(start.seed())
            .restarts(1)
            .startFrom(start.pack().map(StartFrom::pack))
            .build(),
        own,
        folder,
        backbone,
        tokenizer,
        tasks,
        fingerprints,
        exchange);
  }

  int skippedRows() {
    return tasks.stream().mapToInt(EncodedTask::skippedRows).sum();
  }

  /** What each task is, by name. */
  Map<String, Object> definitions() {
    Map<String, Object> definitions = new LinkedHashMap<>();
    tasks.forEach(part -> definitions.put(part.name(), part.task().definition()));
    return definitions;
  }

  /** The metrics of its tasks; those of several with their task's name before them. */
  List<String> metrics() {
    return tasks.stream()
        .flatMap(
            part -> {
              String prefix = tasks.size() == 1 ? "" : part.name() + ".";
              return part.task().task().info().metrics().stream().map(prefix::concat);
            })
        .toList();
  }

  /** What the run is called in results. */
  String name() {
    return tasks.stream().map(part -> part.task().task().name()).collect(Collectors.joining("+"));
  }
}
