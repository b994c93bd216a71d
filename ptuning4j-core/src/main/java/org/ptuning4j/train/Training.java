package org.ptuning4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Version;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TableReader;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.head.SequenceHead;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.metric.Metric;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.prompt.DeepPrompt;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.task.SequenceClassificationTask;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.KernelPlan;
import org.ptuning4j.tensor.Machine;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
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

  private static final ObjectMapper JSON = new ObjectMapper();

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
      Engine engine = Engine.open(config.precision(), recordedPlan(run));
      boolean full = config.method().trainsBackbone();
      try (Backbone backbone =
          full ? families.loadTrainable(folder, engine) : families.load(folder, engine)) {
        Map<String, Object> fingerprints = fingerprints(folder, backbone, train, dev);
        recordSettings(run, engine, fingerprints);
        EncodedTexts trainTexts = encode(tokenizer, labelled, trainRows);
        EncodedTexts devTexts = encode(tokenizer, labelled, devRows);
        requirePositions(backbone.spec(), trainTexts, devTexts);
        return train(
            new Parts(run, folder, backbone, labelled, trainTexts, devTexts, fingerprints, skipped),
            resume,
            listener);
      }
    }
  }

  /** What a run is made of. */
  private record Parts(
      RunFolder run,
      ModelFolder folder,
      Backbone backbone,
      SequenceClassificationTask task,
      EncodedTexts train,
      EncodedTexts dev,
      Map<String, Object> fingerprints,
      int skippedRows) {}

  private TrainingResult train(Parts parts, boolean resume, TrainingListener listener) {
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
        Objective objective = objective(parts, headSpec);
        Trainer trainer = new Trainer(config, backbone, prompt, objective, parts.run(), listener)) {
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
        savePack(parts, headSpec, prompt, (ClassificationObjective) objective, result);
      }
      parts.run().writeResult(result);
      listener.finished(result, parts.run().path());
      return result;
    }
  }

  private Objective objective(Parts parts, SequenceHeadSpec headSpec) {
    SequenceHead head =
        SequenceHead.initialised(
            headSpec,
            parts.backbone().spec().hidden(),
            parts.backbone().engine(),
            RandomStream.of(config.seed(), "head"));
    return new ClassificationObjective(
        head, parts.train(), parts.dev(), parts.task().labels(), parts.task().metrics());
  }

  private TrainingListener.Start start(Trainer trainer, Parts parts, long total) {
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

  private TrainingResult result(Trainer trainer, Parts parts, long total, boolean finished) {
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
        versions(engine),
        parts.fingerprints(),
        parts.skippedRows(),
        List.copyOf(progress.warnings));
  }

  private static Map<String, String> versions(Engine engine) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("ptuning4j", Version.current());
    versions.put("libtorch", Torch.version());
    versions.put("java", System.getProperty("java.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("cpu", engine.machine().cpu() + ", " + Torch.threads() + " threads");
    return versions;
  }

  private static Map<String, Object> fingerprints(
      ModelFolder folder, Backbone backbone, Examples train, Examples dev) {
    Map<String, Object> fingerprints = new LinkedHashMap<>();
    fingerprints.put(
        "model", Map.of("id", folder.name(), "weights_sha256", backbone.weightsHash()));
    fingerprints.put("train", fingerprint(train));
    fingerprints.put("dev", fingerprint(dev));
    return fingerprints;
  }

  private static Map<String, Object> fingerprint(Examples examples) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("file", examples.file().getFileName().toString());
    facts.put("fingerprint", examples.fingerprint());
    facts.put("rows", examples.examples().size());
    return facts;
  }

  private static Optional<KernelPlan> recordedPlan(RunFolder run) {
    return run.settings()
        .map(settings -> JSON.convertValue(settings.get("kernels"), KernelPlan.class));
  }

  /** Writes the settings of a new run; for a resumed one, makes sure that they are the same. */
  private void recordSettings(RunFolder run, Engine engine, Map<String, Object> fingerprints) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("task", task.name());
    record.put("settings", config.settings());
    record.put("fingerprints", fingerprints);
    record.put("kernels", engine.plan());
    Optional<JsonNode> earlier = run.settings();
    if (earlier.isEmpty()) {
      run.writeSettings(record);
      return;
    }
    JsonNode mine = JSON.valueToTree(record);
    List<String> differences = new ArrayList<>();
    differences(earlier.get(), mine, "", differences);
    if (!differences.isEmpty()) {
      throw InvalidInputException.of(
          "resume: %s holds a run with other settings: %s; repeat the run's own command with"
              + " --resume, or choose another folder",
          run.path(), String.join("; ", differences));
    }
  }

  private static void differences(JsonNode earlier, JsonNode now, String path, List<String> found) {
    if (earlier.isObject() && now.isObject()) {
      now.fieldNames()
          .forEachRemaining(
              name ->
                  differences(
                      earlier.path(name),
                      now.path(name),
                      path.isEmpty() ? name : path + "." + name,
                      found));
    } else if (!earlier.asText().equals(now.asText())) {
      found.add(path + " was " + earlier + ", is " + now);
    }
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
    int prompt = config.method() instanceof PTuningV2 v2 ? v2.positions().shift(v2.length()) : 0;
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

  private void savePack(
      Parts parts,
      SequenceHeadSpec headSpec,
      PromptModule prompt,
      ClassificationObjective objective,
      TrainingResult result) {
    Scope.run(
        () -> {
          Optional<DeepPrompt> flat = prompt.flatten();
          Map<String, Tensor> head = new LinkedHashMap<>();
          objective.parameters().forEach(p -> head.put(p.name(), p.tensor().detach()));
          Map<String, Tensor> weights =
              config.method().trainsBackbone() ? parts.backbone().namedWeights() : Map.of();
          Pack.save(parts.run().pack(), facts(parts, headSpec, flat, result), flat, head, weights);
          flat.ifPresent(DeepPrompt::close);
        });
  }

  private PackFacts facts(
      Parts parts, SequenceHeadSpec headSpec, Optional<DeepPrompt> prompt, TrainingResult result) {
    SequenceClassificationTask labelled = parts.task();
    BackboneSpec spec = parts.backbone().spec();
    return new PackFacts(
        PackFacts.FORMAT,
        config.method().name(),
        config.settings(),
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
            config.maxLength()),
        new PackFacts.BackboneId(
            parts.folder().name(),
            spec.modelType(),
            spec.layers(),
            spec.hidden(),
            parts.backbone().weightsHash()),
        new PackFacts.Provenance(
            result.precision(),
            config.seed(),
            result.epoch(),
            result.best(),
            parts.fingerprints(),
            result.versions()),
        Map.of());
  }
}
