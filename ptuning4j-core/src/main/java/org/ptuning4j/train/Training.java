package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.LowestLayers;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.model.ModelCheck;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Machine;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.config.StateCaching;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.loop.Outcome;
import org.ptuning4j.train.loop.Trainer;
import org.ptuning4j.train.objective.DiskStates;
import org.ptuning4j.train.objective.MemoryStates;
import org.ptuning4j.train.objective.Objective;
import org.ptuning4j.train.objective.SharedStates;
import org.ptuning4j.train.objective.StateStore;
import org.ptuning4j.train.objective.TaskObjective;
import org.ptuning4j.train.run.OutFolder;
import org.ptuning4j.train.run.Provenance;
import org.ptuning4j.train.run.RunFolder;
import org.ptuning4j.train.run.RunRecord;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * Trains a task on a backbone, from files to a saved pack.
 *
 * <pre>{@code
 * TrainingResult result =
 *     new Training(model, task, config).run(TrainingData.of(train, dev), out, TrainingListener.silent());
 * }</pre>
 *
 * <p>Several tasks may share one prompt, each with a head of its own (multi-task P-Tuning v2,
 * section 3.3 of the paper): {@link #runTogether} makes a pack of each, from which runs of single
 * tasks may start.
 */
public final class Training {

  private final Path model;
  private final Optional<Task<?>> task;
  private final TrainingConfig config;
  private final BackboneFamilies families;
  private final GradientExchange exchange;
  private volatile boolean stopped;

  /**
   * A training of a task on a backbone of the families that come with the library and those of
   * extensions.
   *
   * @param model a folder with config.json, weights and tokenizer
   */
  public Training(Path model, Task<?> task, TrainingConfig config) {
    this(model, task, config, BackboneFamilies.installed());
  }

  /** The same with families of the caller's. */
  public Training(Path model, Task<?> task, TrainingConfig config, BackboneFamilies families) {
    this(model, Optional.of(task), config, families, GradientExchange.alone());
  }

  private Training(
      Path model,
      Optional<Task<?>> task,
      TrainingConfig config,
      BackboneFamilies families,
      GradientExchange exchange) {
    this.model = model;
    this.task = task;
    this.config = config;
    this.families = families;
    this.exchange = exchange;
  }

  /** A training of several tasks together; see {@link #runTogether}. */
  public static Training ofSeveral(Path model, TrainingConfig config) {
    return new Training(
        model, Optional.empty(), config, BackboneFamilies.installed(), GradientExchange.alone());
  }

  /**
   * The same training as one of several workers that make each step together. All have the same
   * model, data and settings, and each a folder of its own: the first worker's has the pack, and
   * all have what a run is resumed from. The settings' batch is that of all workers together, so
   * that a run may go on with another number of them.
   *
   * @param group connects them; it stays the caller's to close
   */
  public Training within(GradientExchange group) {
    return new Training(model, task, config, families, group);
  }

  /**
   * Ends the run after the step in progress; what it has reached is saved. May be called from any
   * thread.
   */
  public void stop() {
    stopped = true;
  }

  /**
   * Trains into an empty folder.
   *
   * @param out where the run's files go: metrics.jsonl, result.json, pack/
   * @throws InvalidInputException if the model, the data or the settings are not usable, or {@code
   *     out} holds a run already
   */
  public TrainingResult run(TrainingData data, Path out, TrainingListener listener) {
    return run(List.of(only(data)), out, false, listener);
  }

  /**
   * Goes on with the run in a folder, from its last checkpoint; to the bit as if it had never been
   * interrupted (fp32).
   *
   * @throws InvalidInputException if the folder's run had other settings, another model or other
   *     data
   */
  public TrainingResult resume(TrainingData data, Path out, TrainingListener listener) {
    return run(List.of(only(data)), out, true, listener);
  }

  /**
   * Trains several tasks over one prompt: every batch comes from one of them, drawn with {@link
   * TrainingConfig#temperature}; the best evaluation is that with the highest mean of their primary
   * metrics.
   *
   * @param tasks two or more, with different names
   * @param out where the run's files go; each task's pack is {@code packs/NAME}
   */
  public TrainingResult runTogether(
      List<TaskData> tasks, Path out, boolean resume, TrainingListener listener) {
    if (tasks.stream().map(TaskData::name).distinct().count() < Math.max(2, tasks.size())) {
      throw InvalidInputException.of(
          "tasks: %s; two or more with different names are needed",
          tasks.stream().map(TaskData::name).toList());
    }
    if (config.method().trainsBackbone()) {
      throw InvalidInputException.of(
          "method: %s trains the model itself; several tasks can share a prompt, each over the"
              + " model as it is",
          config.method().name());
    }
    return run(tasks, out, resume, listener);
  }

  private TaskData only(TrainingData data) {
    Task<?> single =
        task.orElseThrow(() -> new IllegalStateException("a training of several tasks"));
    return new TaskData(single.name(), single, data);
  }

  private TrainingResult run(
      List<TaskData> tasks, Path out, boolean resume, TrainingListener listener) {
    ModelFolder folder = ModelFolder.open(model);
    OutFolder.requireOwn(
        out, model, tasks.stream().flatMap(each -> each.data().paths().stream()).toList());
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      ModelCheck check = new ModelCheck(folder, families);
      check.remarks(tokenizer).forEach(listener::remarked);
      RunData data = RunData.read(tasks, config, tokenizer, check.direction(), listener);
      try (RunFolder run = RunFolder.open(out, resume)) {
        Engine engine = CommonEngine.of(config.precision(), RunRecord.recordedPlan(run), exchange);
        boolean full = config.method().trainsBackbone();
        try (Backbone whole =
            full ? families.loadTrainable(folder, engine) : families.load(folder, engine)) {
          List<EncodedTask<?>> encoded = data.encode(whole);
          TrainingConfig settled =
              new OpenSettings(config, listener).settle(encoded, folder, whole.spec());
          Backbone backbone =
              settled.readLayer().map(layer -> LowestLayers.of(whole, layer)).orElse(whole);
          Map<String, Map<String, Object>> files = new LinkedHashMap<>();
          encoded.forEach(part -> files.put(part.name(), part.fingerprints()));
          Map<String, Object> fingerprints = Provenance.fingerprints(folder, backbone, files);
          return train(
              new PreparedRun(
                  settled,
                  settled,
                  run,
                  folder,
                  backbone,
                  tokenizer,
                  encoded,
                  fingerprints,
                  exchange),
              resume,
              listener);
        }
      }
    }
  }

  private TrainingResult train(PreparedRun parts, boolean resume, TrainingListener listener) {
    Backbone backbone = parts.backbone();
    BackboneSpec spec = backbone.spec();
    EmbeddingPooling trained = EmbeddingPooling.of(parts.folder());
    HeadOptions options =
        new HeadOptions(
            spec,
            parts.config().headInput().or(() -> trained.input(spec.direction())),
            parts.config().dropout().orElse(spec.dropout().hidden()),
            parts.config().tagHead().orElse(TagHead.SOFTMAX)); // settled where there are tags
    List<HeadSpec> heads = new ArrayList<>();
    if (parts.config().packing()) {
      requirePackable(spec);
    }
    parts
        .tasks()
        .forEach(
            part ->
                heads.add(
                    part.head(options, parts.folder().path().toString(), backbone.readLayer())));
    if (parts.config().headInput().isEmpty()
        && heads.stream().anyMatch(Training::readsWholeSequences)) {
      trained.remark(spec).ifPresent(listener::noted);
    }
    StateStore store = store(parts);
    Optional<Race.Starters> starters;
    try (RunModules modules = RunModules.create(parts, heads, store, listener)) {
      starters = Race.plan(parts, modules, listener);
      // Only now, when nothing in the settings can be wrong any more: a folder with settings in it
      // holds a run.
      RunRecord.record(
          parts.run(),
          parts.name(),
          parts.definitions(),
          parts.config(),
          backbone.engine(),
          parts.fingerprints());
      if (starters.isEmpty()) {
        return train(parts, heads, modules, resume, Optional.empty(), listener);
      }
    }
    try (SharedStates shared = new SharedStates(store)) {
      Optional<Race.Won> won =
          new Race(parts, heads, starters.get(), shared, listener).race(() -> stopped);
      PreparedRun single = won.map(best -> parts.of(best.start(), parts.run())).orElse(parts);
      try (RunModules modules = RunModules.create(single, heads, shared, listener)) {
        return won.isPresent()
            ? train(single, heads, modules, true, won, listener)
            : stoppedBefore(single, heads, modules, listener);
      }
    }
  }

  private TrainingResult train(
      PreparedRun parts,
      List<HeadSpec> heads,
      RunModules modules,
      boolean resume,
      Optional<Race.Won> race,
      TrainingListener listener) {
    Trainer trainer = modules.trainer();
    if (resume) {
      trainer.resume();
    }
    long total = total(parts, heads);
    listener.started(start(trainer, modules.objectives().all(), parts, total));
    Outcome outcome = trainer.train(() -> stopped);
    List<TaskObjective.Tuned> tuned =
        outcome.evaluated()
            ? modules.objectives().tuned(trainer.evaluationPass(), parts.exchange())
            : List.of();
    Outcome all = race.map(won -> outcome.after(won.seconds(), won.decisions())).orElse(outcome);
    TrainingResult result = result(trainer.trainableParameters(), total, all, parts, tuned);
    if (outcome.evaluated() && parts.exchange().isFirst()) {
      PackSaving.save(parts, heads, modules.prompt(), modules.objectives(), tuned, result);
    }
    return finish(parts, result, listener);
  }

  private TrainingResult stoppedBefore(
      PreparedRun parts, List<HeadSpec> heads, RunModules modules, TrainingListener listener) {
    return finish(
        parts,
        result(
            modules.trainer().trainableParameters(),
            total(parts, heads),
            Outcome.none(parts.config().learningRate()),
            parts,
            List.of()),
        listener);
  }

  private static TrainingResult finish(
      PreparedRun parts, TrainingResult result, TrainingListener listener) {
    parts.run().writeResult(result);
    listener.finished(result, parts.run().path());
    return result;
  }

  private static long total(PreparedRun parts, List<HeadSpec> heads) {
    Backbone backbone = parts.backbone();
    BackboneSpec spec = backbone.spec();
    return backbone.parameterCount()
        + heads.stream().mapToLong(head -> head.parameterCount(spec)).sum()
        + parts.config().method().parameterCount(RunModules.prompted(spec, heads))
        + (heads.stream().anyMatch(HeadSpec::usesLanguageModel)
            ? backbone.languageModel().parameterCount()
            : 0);
  }

  /** Where states that are computed once are kept. */
  private StateStore store(PreparedRun parts) {
    StateCaching cache = parts.config().cache();
    Backbone backbone = parts.backbone();
    return switch (cache.kind()) {
      case AUTO -> new MemoryStates(backbone.engine());
      case DISK ->
          DiskStates.inCache(cache.limit(), Provenance.computation(parts.folder(), backbone));
      case OFF -> StateStore.none();
    };
  }

  private static boolean readsWholeSequences(HeadSpec head) {
    return head.settings().containsKey("input");
  }

  private static void requirePackable(BackboneSpec spec) {
    if (spec.direction() != Direction.CAUSAL) {
      throw new InvalidSettingException(
          TrainingSettings.PACKING.name(),
          "texts are packed into rows for decoders, and this model (%s) is none; leave it out"
              .formatted(spec.modelType()));
    }
  }

  private TrainingListener.Start start(
      Trainer trainer, Objective objective, PreparedRun parts, long total) {
    Engine engine = parts.backbone().engine();
    return new TrainingListener.Start(
        parts.config().method().name(),
        trainer.trainableParameters(),
        total,
        objective.trainingExamples(),
        objective.evaluationExamples(),
        trainer.totalSteps(),
        trainer.firstStep(),
        engine.precision().label() + " (" + engine.reason() + ")",
        engine.device() + ", " + engine.plan().describe());
  }

  private TrainingResult result(
      long trainable,
      long total,
      Outcome outcome,
      PreparedRun parts,
      List<TaskObjective.Tuned> tuned) {
    Engine engine = parts.backbone().engine();
    Map<String, Double> best = best(outcome, parts, tuned);
    return new TrainingResult(
        parts.config().method().name(),
        parts.name(),
        trainable,
        total,
        !parts.config().method().trainsBackbone(),
        best,
        parts.metrics().stream().filter(metric -> !best.containsKey(metric)).toList(),
        outcome.bestEpoch(),
        outcome.bestStep(),
        outcome.bestIsAverage(),
        outcome.steps(),
        outcome.finished(),
        outcome.seconds(),
        outcome.tokensPerSecond(),
        Machine.peakMemoryBytes(),
        engine.precision().label(),
        engine.plan().describe(),
        parts.config().seed(),
        outcome.learningRate(),
        outcome.decisions(),
        parts.asked().settings(),
        Provenance.versions(engine),
        parts.fingerprints(),
        parts.skippedRows(),
        outcome.warnings());
  }

  /** The best evaluation's metrics; those of tasks tuned on the evaluation data after tuning. */
  private static Map<String, Double> best(
      Outcome outcome, PreparedRun parts, List<TaskObjective.Tuned> tuned) {
    Map<String, Double> best = new LinkedHashMap<>(outcome.best());
    for (int i = 0; i < tuned.size(); i++) {
      String prefix = tuned.size() == 1 ? "" : parts.tasks().get(i).name() + ".";
      tuned.get(i).metrics().forEach((metric, value) -> best.put(prefix + metric, value));
    }
    return best;
  }
}
