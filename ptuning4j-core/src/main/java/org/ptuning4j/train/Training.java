package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TableReader;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.head.SequenceHead;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.task.SequenceClassificationTask;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.Machine;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/**
 * Trains a task on a backbone, from files to a saved pack.
 *
 * <pre>{@code
 * TrainingResult result =
 *     new Training(model, task, config).run(TrainingData.of(train, dev), out, TrainingListener.silent());
 * }</pre>
 */
public final class Training {

  private final Path model;
  private final SequenceClassificationTask task;
  private final TrainingConfig config;
  private final BackboneFamilies families;
  private volatile boolean stopped;

  /**
   * A training of a task on a backbone of the families that come with the library.
   *
   * @param model a folder with config.json, weights and tokenizer
   */
  public Training(Path model, SequenceClassificationTask task, TrainingConfig config) {
    this(model, task, config, BackboneFamilies.standard());
  }

  /** The same with families of the caller's. */
  public Training(
      Path model,
      SequenceClassificationTask task,
      TrainingConfig config,
      BackboneFamilies families) {
    this.model = model;
    this.task = task;
    this.config = config;
    this.families = families;
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
    return run(data, out, false, listener);
  }

  /**
   * Goes on with the run in a folder, from its last checkpoint; to the bit as if it had never been
   * interrupted (fp32).
   *
   * @throws InvalidInputException if the folder's run had other settings, another model or other
   *     data
   */
  public TrainingResult resume(TrainingData data, Path out, TrainingListener listener) {
    return run(data, out, true, listener);
  }

  private TrainingResult run(
      TrainingData data, Path out, boolean resume, TrainingListener listener) {
    TableReader reader = new TableReader();
    Examples train = task.readExamples(reader.read(data.train()));
    SequenceClassificationTask labelled = task.inferLabels(train);
    Examples dev = labelled.readExamples(reader.read(data.dev()));
    List<TextExample> trainRows = train.usable(data.badRows());
    List<TextExample> devRows = dev.usable(data.badRows());
    int skipped = train.badRows().size() + dev.badRows().size();
    if (skipped > 0) {
      listener.warned(
          skipped + " bad rows are left out (" + train.badRows().size() + " of the training file)");
    }
    ModelFolder folder = ModelFolder.open(model);
    try (RunFolder run = RunFolder.open(out, resume);
        TextTokenizer tokenizer = TextTokenizer.open(model)) {
      Engine engine = Engine.open(config.precision(), RunSettings.recordedPlan(run));
      boolean full = config.method().trainsBackbone();
      try (Backbone backbone =
          full ? families.loadTrainable(folder, engine) : families.load(folder, engine)) {
        Map<String, Object> fingerprints = Provenance.fingerprints(folder, backbone, train, dev);
        EncodedTexts trainTexts = encode(tokenizer, labelled, trainRows);
        EncodedTexts devTexts = encode(tokenizer, labelled, devRows);
        requirePositions(backbone.spec(), trainTexts, devTexts);
        return train(
            new RunParts(
                config,
                run,
                folder,
                backbone,
                labelled,
                trainTexts,
                devTexts,
                fingerprints,
                skipped),
            resume,
            listener);
      }
    }
  }

  private TrainingResult train(RunParts parts, boolean resume, TrainingListener listener) {
    Backbone backbone = parts.backbone();
    BackboneSpec spec = backbone.spec();
    SequenceHeadSpec headSpec =
        new SequenceHeadSpec(
            parts.task().labels().size(),
            config.headInput().orElseGet(() -> SequenceHeadSpec.Input.byDefault(spec)),
            config.dropout().orElse(spec.hiddenDropout()));
    requirePooler(headSpec, spec, parts.folder());
    try (PromptModule prompt =
            config
                .method()
                .create(spec, backbone.engine(), RandomStream.of(config.seed(), "prompt"));
        ClassificationObjective objective = objective(parts, headSpec);
        Trainer trainer = new Trainer(config, backbone, prompt, objective, parts.run(), listener)) {
      // Only now, when nothing in the settings can be wrong any more: a folder with settings in it
      // holds a run.
      RunSettings.record(parts.run(), task.name(), config, backbone.engine(), parts.fingerprints());
      if (resume) {
        trainer.resume();
      }
      long total =
          backbone.parameterCount()
              + headSpec.parameterCount(spec)
              + config.method().parameterCount(spec);
      listener.started(start(trainer, parts, total));
      boolean finished = trainer.train(() -> stopped);
      TrainingResult result = result(trainer, parts, total, finished);
      if (trainer.progress().hasBest()) {
        PackSaving.save(parts, headSpec, prompt, objective, result);
      }
      parts.run().writeResult(result);
      listener.finished(result, parts.run().path());
      return result;
    }
  }

  private ClassificationObjective objective(RunParts parts, SequenceHeadSpec headSpec) {
    SequenceHead head =
        SequenceHead.initialised(
            headSpec,
            parts.backbone().spec().hidden(),
            parts.backbone().engine(),
            RandomStream.of(config.seed(), "head"));
    return new ClassificationObjective(
        head, parts.train(), parts.dev(), parts.task().labels(), parts.task().metrics());
  }

  private TrainingListener.Start start(Trainer trainer, RunParts parts, long total) {
    Engine engine = parts.backbone().engine();
    return new TrainingListener.Start(
        config.method().name(),
        trainer.trainableParameters(),
        total,
        parts.train().size(),
        parts.dev().size(),
        trainer.totalSteps(),
        trainer.progress().step,
        engine.precision().label() + " (" + engine.reason() + ")",
        engine.device() + ", " + engine.plan().describe());
  }

  private TrainingResult result(Trainer trainer, RunParts parts, long total, boolean finished) {
    Progress progress = trainer.progress();
    Engine engine = parts.backbone().engine();
    return new TrainingResult(
        config.method().name(),
        parts.task().name(),
        trainer.trainableParameters(),
        total,
        !config.method().trainsBackbone(),
        progress.bestMetrics,
        progress.bestEpoch,
        progress.bestStep,
        progress.step,
        finished,
        progress.seconds,
        progress.seconds == 0 ? 0 : progress.tokens / progress.seconds,
        Machine.peakMemoryBytes(),
        engine.precision().label(),
        engine.plan().describe(),
        config.seed(),
        config.settings(),
        Provenance.versions(engine),
        parts.fingerprints(),
        parts.skippedRows(),
        List.copyOf(progress.warnings));
  }

  private EncodedTexts encode(
      TextTokenizer tokenizer, SequenceClassificationTask labelled, List<TextExample> rows) {
    Truncation truncation = new Truncation(config.maxLength(), labelled.truncation().strategy(), 0);
    List<String> texts = rows.stream().map(TextExample::text).toList();
    List<String> pairs = labelled.hasPair() ? rows.stream().map(TextExample::pair).toList() : null;
    List<Encoding> encodings = tokenizer.encodeAll(texts, pairs, truncation);
    int[] labels = rows.stream().mapToInt(row -> labelled.labelIndex(row.label())).toArray();
    return new EncodedTexts(encodings, labels, tokenizer.padId());
  }

  private void requirePositions(BackboneSpec spec, EncodedTexts train, EncodedTexts dev) {
    int prompt = config.method().positionShift();
    int longest = 0;
    for (EncodedTexts texts : List.of(train, dev)) {
      for (int length : texts.lengths()) {
        longest = Math.max(longest, length);
      }
    }
    if (prompt + longest > spec.maxPositions()) {
      throw InvalidInputException.of(
          "prompt-length %d and the longest text of %d tokens need %d positions, but this backbone"
              + " has %d: shorten the prompt, or set --max-length to %d or less",
          prompt,
          longest,
          prompt + longest,
          spec.maxPositions(),
          Math.max(3, spec.maxPositions() - prompt));
    }
  }

  private static void requirePooler(SequenceHeadSpec head, BackboneSpec spec, ModelFolder folder) {
    if (head.input() == SequenceHeadSpec.Input.POOLER && !spec.hasPooler()) {
      throw InvalidInputException.of(
          "head: pooler is asked for, but %s has no pooler; use first-token or dense",
          folder.path());
    }
  }
}
