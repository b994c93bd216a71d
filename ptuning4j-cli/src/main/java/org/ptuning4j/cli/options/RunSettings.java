package org.ptuning4j.cli.options;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.prompt.MethodSettings;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptMethods;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Batching.FixedBatches;
import org.ptuning4j.train.Batching.TokenBudget;
import org.ptuning4j.train.Schedule;
import org.ptuning4j.train.TrainingConfig;
import picocli.CommandLine.Option;

/** The options that describe a run; what was not said is {@code null}, and takes its default. */
public final class RunSettings {

  /** The options that are settings of a method, by the setting's name. */
  static final Map<String, String> METHOD_OPTIONS =
      Map.ofEntries(
          Map.entry(MethodSettings.LENGTH, "--prompt-length"),
          Map.entry(MethodSettings.LAYERS, "--layers"),
          Map.entry(MethodSettings.PROJECTION, "--projection"),
          Map.entry(MethodSettings.PROMPT_DROPOUT, "--prompt-dropout"),
          Map.entry(MethodSettings.POSITIONS, "--positions"),
          Map.entry(MethodSettings.INIT, "--init"),
          Map.entry(MethodSettings.ENCODER, "--encoder"),
          Map.entry(MethodSettings.HIDDEN, "--encoder-hidden"),
          Map.entry(MethodSettings.JOINT, "--joint"),
          Map.entry(MethodSettings.WORDS, "--init-words"),
          Map.entry(MethodSettings.DEEP, "--deep"));

  private static final String PAPER = "paper";

  @Option(
      names = "--method",
      paramLabel = "NAME",
      completionCandidates = Choices.MethodNames.class,
      description = "What is trained: ${COMPLETION-CANDIDATES}. Default: p-tuning-v2.")
  public String method;

  @Option(
      names = "--prompt-length",
      paramLabel = "N",
      description =
          "Virtual tokens in each layer, or soft tokens at the input. Simple tasks want less than"
              + " 20, hard ones up to 128. Default: 20, or as many as the template has.")
  public Integer promptLength;

  @Option(
      names = "--layers",
      paramLabel = "RANGE",
      description =
          "Which layers carry the prompt: all, top:K (next to the output), bottom:K, or numbers"
              + " such as 1,3,9-12. Default: all.")
  public String layers;

  @Option(
      names = "--projection",
      arity = "0..1",
      paramLabel = "WIDTH",
      fallbackValue = "512",
      description =
          "Make the prompt by a two-layer network of this width in training; 512 if no width is"
              + " given. Default: train the prompt itself.")
  Integer projection;

  @Option(
      names = "--prompt-dropout",
      paramLabel = "RATE",
      description = "Dropout on a deep prompt. Default: 0.1; 0 for prefix-tuning.")
  Double promptDropout;

  @Option(
      names = "--positions",
      paramLabel = "HOW",
      completionCandidates = Choices.Positions.class,
      description =
          "Whether the text's positions start after the prompt: ${COMPLETION-CANDIDATES}."
              + " Default: shifted, as the paper's code has it.")
  String positions;

  @Option(
      names = "--init",
      paramLabel = "HOW",
      description =
          "How the prompt starts. Deep prompts: normal, unit-normal, zero (0.02, 1, 0 as standard"
              + " deviation; default normal). Soft tokens: vocabulary (default), uniform, normal,"
              + " unit-normal, zero, or text:WORDS.")
  String init;

  @Option(
      names = "--init-words",
      paramLabel = "WORDS",
      description = "Start soft tokens from these words, as --init text:WORDS.")
  String words;

  @Option(
      names = "--encoder",
      paramLabel = "NAME",
      description =
          "What makes the soft tokens of p-tuning: lstm (default), mlp, peft-lstm, peft-mlp, none.")
  String encoder;

  @Option(
      names = "--encoder-hidden",
      paramLabel = "N",
      description = "The width inside that encoder, or inside prefix-tuning's MLP.")
  Integer encoderHidden;

  @Option(
      names = "--joint",
      description = "p-tuning: train the model together with the prompt, as its SuperGLUE runs do.")
  boolean joint;

  @Option(
      names = "--deep",
      description =
          "soft-prompts: an offset for each soft token at the input of every further layer.")
  boolean deep;

  @Option(
      names = "--start-from",
      paramLabel = "DIR",
      description =
          "Start from the prompt of this pack (of another task, or another length); its head stays"
              + " behind.")
  Path startFrom;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Several tasks together: draw each batch's task with probability ~ rows^(1/T). Default:"
              + " 1.")
  public Double temperature;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      completionCandidates = Choices.Presets.class,
      description =
          "Start from published settings for the task and the size of model: paper. Options that"
              + " are given as well win.")
  String preset;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description =
          "Peak learning rate. Default: the method's usual one (1e-2 for p-tuning-v2 and head-only,"
              + " 1e-4 for full-fine-tuning).")
  Double lr;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training data. Default: 10.")
  Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Rows of a batch. Default: 32.")
  Integer batch;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Instead of --batch: as many rows as come to so many tokens with padding.")
  Integer tokens;

  @Option(
      names = "--accumulation",
      paramLabel = "N",
      description = "Batches whose gradients make one step. Default: 1.")
  Integer accumulation;

  @Option(
      names = "--schedule",
      paramLabel = "SHAPE",
      completionCandidates = Choices.Schedules.class,
      description = "How the learning rate falls: ${COMPLETION-CANDIDATES}. Default: linear.")
  String schedule;

  @Option(
      names = "--warmup",
      paramLabel = "STEPS",
      description = "Steps in which the learning rate first rises. Default: 0.")
  Integer warmup;

  @Option(
      names = "--decay-per-epoch",
      paramLabel = "FACTOR",
      description = "The factor per epoch of --schedule exponential. Default: 0.95.")
  Double decayPerEpoch;

  @Option(names = "--weight-decay", paramLabel = "RATE", description = "AdamW's decay. Default: 0.")
  Double weightDecay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "The largest norm of the gradient; 0 for no limit. Default: 1.")
  Double clip;

  @Option(
      names = "--dropout",
      paramLabel = "RATE",
      description =
          "Dropout of the model and the head in training. Default: the model's own, from its"
              + " config.json.")
  Double dropout;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description =
          "Longer texts are cut to so many tokens, special ones included. Default: the task's,"
              + " usually 128.")
  Integer maxLength;

  @Option(
      names = "--head",
      paramLabel = "INPUT",
      completionCandidates = Choices.Heads.class,
      description =
          "What answers: a linear head over the pooler, first-token or dense (auto: the pooler if"
              + " the model has one, else the first token), or verbalizer: the model's own words in"
              + " the place of a mask. Default: auto; verbalizer for p-tuning, unused-tokens,"
              + " manual where the task has a template.")
  public String head;

  @Option(
      names = "--evaluate-every",
      paramLabel = "STEPS",
      description = "Evaluate after so many steps. Default: after each epoch.")
  Integer evaluateEvery;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Stop after so many evaluations without a better one. Default: never.")
  Integer patience;

  @Option(
      names = "--checkpoint-seconds",
      paramLabel = "N",
      description = "Save the state for --resume at least this often. Default: 60.")
  Integer checkpointSeconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same result. Default: 11.")
  Long seed;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      completionCandidates = Choices.Precisions.class,
      description =
          "Precision of the frozen model: ${COMPLETION-CANDIDATES}. Default: auto, bf16 where the"
              + " machine is fast at it.")
  String precision;

  /** The settings of a method that were said, by name. */
  Map<String, Object> methodSettings() {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put(MethodSettings.LENGTH, promptLength);
    said.put(MethodSettings.LAYERS, layers);
    said.put(MethodSettings.PROJECTION, projection);
    said.put(MethodSettings.PROMPT_DROPOUT, promptDropout);
    said.put(MethodSettings.POSITIONS, positions);
    said.put(MethodSettings.INIT, init);
    said.put(MethodSettings.ENCODER, encoder);
    said.put(MethodSettings.HIDDEN, encoderHidden);
    said.put(MethodSettings.JOINT, joint ? true : null);
    said.put(MethodSettings.WORDS, words);
    said.put(MethodSettings.DEEP, deep ? true : null);
    return said;
  }

  /** The method without its settings. */
  public PromptMethod plainMethod() {
    return PromptMethods.standard().create(methodName(), MethodSettings.of(Map.of()));
  }

  /** The method's name. */
  public String methodName() {
    return method == null ? PTuningV2.NAME : method;
  }

  /**
   * The run's configuration.
   *
   * @throws InvalidInputException if a value is out of its range, or two options contradict each
   *     other
   */
  public TrainingConfig config(Task<?> task, ModelFolder model) {
    if (batch != null && tokens != null) {
      throw new InvalidInputException("batch: give --batch or --tokens, not both");
    }
    TrainingConfig.Builder builder =
        TrainingConfig.builder().maxLength(task.truncation().maxLength());
    Optional<Preset> published = preset(task, model);
    published.ifPresent(
        p ->
            builder
                .batching(new FixedBatches(p.batch()))
                .epochs(p.epochs())
                .dropout(Optional.of(p.dropout()))
                .maxLength(p.maxLength()));
    PromptMethod chosen = method(task, published);
    builder.method(chosen);
    if (chosen.learningRates().byDefault() > 0) {
      builder.learningRate(chosen.learningRates().byDefault());
    }
    published.ifPresent(p -> builder.learningRate(p.learningRate()));
    optimiser(builder, published);
    run(builder);
    return builder.build();
  }

  private void optimiser(TrainingConfig.Builder builder, Optional<Preset> published) {
    set(lr, builder::learningRate);
    set(epochs, builder::epochs);
    if (batch != null) {
      builder.batching(new FixedBatches(atLeastOne("batch", batch)));
    }
    if (tokens != null) {
      builder.batching(new TokenBudget(atLeastOne("tokens", tokens)));
    }
    set(accumulation, builder::accumulation);
    Schedule plain =
        published
            .filter(Preset::decaysByEpoch)
            .map(p -> new Schedule(Schedule.Shape.EXPONENTIAL, 0, p.decayPerEpoch()))
            .orElse(Schedule.linear());
    Schedule.Shape shape = schedule == null ? plain.shape() : Schedule.Shape.parse(schedule);
    if (decayPerEpoch != null && shape != Schedule.Shape.EXPONENTIAL) {
      throw InvalidInputException.of(
          "decay-per-epoch: the %s schedule has no such factor; add --schedule exponential",
          shape.label());
    }
    builder.schedule(
        new Schedule(
            shape,
            warmup == null ? plain.warmupSteps() : warmup,
            decayPerEpoch == null ? plain.decayPerEpoch() : decayPerEpoch));
    set(weightDecay, builder::weightDecay);
    set(clip, builder::clip);
    if (dropout != null) {
      builder.dropout(Optional.of(dropout));
    }
  }

  private void run(TrainingConfig.Builder builder) {
    set(maxLength, builder::maxLength);
    if (head != null && !List.of("auto", TaskOptions.VERBALIZER).contains(head)) {
      builder.headInput(Optional.of(SequenceHeadSpec.Input.parse(head)));
    }
    set(evaluateEvery, builder::evaluateEvery);
    set(patience, builder::patience);
    set(checkpointSeconds, builder::checkpointSeconds);
    set(seed, builder::seed);
    set(temperature, builder::temperature);
    builder.startFrom(
        Optional.ofNullable(startFrom).map(pack -> PackFolders.find("start-from", pack)));
    if (precision != null) {
      builder.precision(Precision.parse(precision));
    }
  }

  private static <T> void set(T value, java.util.function.Consumer<T> field) {
    if (value != null) {
      field.accept(value);
    }
  }

  private static int atLeastOne(String option, int value) {
    if (value < 1) {
      throw InvalidInputException.of("%s: %d must be 1 or more", option, value);
    }
    return value;
  }

  /** The method, with what was said, what is published and what the task's template asks for. */
  private PromptMethod method(Task<?> task, Optional<Preset> published) {
    PromptMethods methods = PromptMethods.standard();
    String name = methodName();
    Set<String> known = methods.settings(name);
    Map<String, Object> settings = new LinkedHashMap<>();
    published.ifPresent(
        p -> {
          settings.put(MethodSettings.LENGTH, p.promptLength());
          settings.put(MethodSettings.PROMPT_DROPOUT, p.dropout());
          settings.put(
              MethodSettings.PROJECTION, p.projection() ? PTuningV2.DEFAULT_PROJECTION : null);
        });
    if (task.softTokens() > 0 && known.contains(MethodSettings.LENGTH)) {
      PromptMethod plain = methods.create(name, MethodSettings.of(Map.of()));
      if (plain.inputTokens() > 0) {
        settings.put(MethodSettings.LENGTH, task.softTokens());
      }
    }
    methodSettings()
        .forEach(
            (setting, value) -> {
              if (value != null && !known.contains(setting)) {
                throw meaningless(methods, name, setting);
              }
              if (value != null) {
                settings.put(setting, value);
              }
            });
    return methods.create(name, MethodSettings.of(settings));
  }

  private static InvalidInputException meaningless(
      PromptMethods methods, String name, String setting) {
    String others =
        methods.names().stream()
            .filter(other -> methods.settings(other).contains(setting))
            .collect(Collectors.joining(", "));
    return InvalidInputException.of(
        "method: %s has no use for %s; leave it out, or take one of: %s",
        name, METHOD_OPTIONS.get(setting), others);
  }

  private Optional<Preset> preset(Task<?> task, ModelFolder model) {
    if (preset == null) {
      return Optional.empty();
    }
    if (!preset.equals(PAPER)) {
      throw InvalidInputException.of("preset: there is no '%s'; there is: %s", preset, PAPER);
    }
    if (method != null && !method.equals(PTuningV2.NAME)) {
      throw InvalidInputException.of(
          "preset: the published settings are for %s, not for %s", PTuningV2.NAME, method);
    }
    Optional<ModelClass> size =
        ModelClass.of(
            model.modelType(), model.size("num_hidden_layers"), model.size("hidden_size"));
    Optional<Preset> found = size.flatMap(task::preset);
    if (found.isEmpty()) {
      throw InvalidInputException.of(
          "preset: nothing is published for task %s on a %s model of %d layers of %d; there is: %s",
          task.name(),
          model.modelType(),
          model.size("num_hidden_layers"),
          model.size("hidden_size"),
          published());
    }
    return found;
  }

  private static String published() {
    return Tasks.standard().all().stream()
        .filter(task -> !task.presets().isEmpty())
        .map(RunSettings::published)
        .collect(Collectors.joining("; "));
  }

  private static String published(Task<?> task) {
    return task.name()
        + " on "
        + task.presets().stream()
            .map(p -> p.modelClass().key())
            .collect(Collectors.joining(" and "));
  }
}
