package org.ptuning4j.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Batching.FixedBatches;
import org.ptuning4j.data.Batching.TokenBudget;
import org.ptuning4j.data.Spelling;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.prompt.FullFineTuning;
import org.ptuning4j.prompt.HeadOnly;
import org.ptuning4j.prompt.Initialisation;
import org.ptuning4j.prompt.LayerRange;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PositionConvention;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.SequenceClassificationTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.Tasks;
import org.ptuning4j.tensor.Precision;
import org.ptuning4j.train.Schedule;
import org.ptuning4j.train.TrainingConfig;
import picocli.CommandLine.Option;

/** The options that describe a run; what was not said is {@code null}, and takes its default. */
final class RunSettings {

  /** The options that only a method with a prompt has. */
  static final Set<String> PROMPT_OPTIONS =
      Set.of(
          "--prompt-length",
          "--layers",
          "--projection",
          "--prompt-dropout",
          "--positions",
          "--init",
          "--preset");

  private static final String PAPER = "paper";

  @Option(
      names = "--method",
      paramLabel = "NAME",
      completionCandidates = Choices.MethodNames.class,
      description = "What is trained: ${COMPLETION-CANDIDATES}. Default: p-tuning-v2.")
  String method;

  @Option(
      names = "--prompt-length",
      paramLabel = "N",
      description =
          "Virtual tokens in each layer. Simple tasks want less than 20, hard ones up to 128."
              + " Default: 20.")
  Integer promptLength;

  @Option(
      names = "--layers",
      paramLabel = "RANGE",
      description =
          "Which layers carry the prompt: all, top:K (next to the output), bottom:K, or numbers"
              + " such as 1,3,9-12. Default: all.")
  String layers;

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
      description = "Dropout on the prompt. Default: 0.1.")
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
      completionCandidates = Choices.Initialisations.class,
      description =
          "How the prompt starts: ${COMPLETION-CANDIDATES} (0.02, 1, 0 as standard deviation)."
              + " Default: normal.")
  String init;

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
          "Peak learning rate. Default: 1e-2 for p-tuning-v2 and head-only, 1e-4 for"
              + " full-fine-tuning.")
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
          "What the classifier reads: ${COMPLETION-CANDIDATES}. Default: auto, the pooler if the"
              + " model has one, else the first token.")
  String head;

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

  /** Whether the arguments ask for a method that has a prompt. */
  static boolean asksForPrompt(List<String> arguments) {
    int at = arguments.indexOf("--method");
    return arguments.contains("--method=" + PTuningV2.NAME)
        || (at >= 0 && at + 1 < arguments.size() && arguments.get(at + 1).equals(PTuningV2.NAME));
  }

  /**
   * The run's configuration.
   *
   * @throws InvalidInputException if a value is out of its range, or two options contradict each
   *     other
   */
  TrainingConfig config(SequenceClassificationTask task, ModelFolder model) {
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
    PromptMethod chosen = method(published);
    builder.method(chosen).learningRate(chosen.learningRates().byDefault());
    published.ifPresent(p -> builder.learningRate(p.learningRate()));
    optimiser(builder);
    run(builder);
    return builder.build();
  }

  private void optimiser(TrainingConfig.Builder builder) {
    set(lr, builder::learningRate);
    set(epochs, builder::epochs);
    if (batch != null) {
      builder.batching(new FixedBatches(atLeastOne("batch", batch)));
    }
    if (tokens != null) {
      builder.batching(new TokenBudget(atLeastOne("tokens", tokens)));
    }
    set(accumulation, builder::accumulation);
    Schedule plain = Schedule.linear();
    builder.schedule(
        new Schedule(
            schedule == null ? plain.shape() : Schedule.Shape.parse(schedule),
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
    if (head != null && !head.equals("auto")) {
      builder.headInput(Optional.of(SequenceHeadSpec.Input.parse(head)));
    }
    set(evaluateEvery, builder::evaluateEvery);
    set(patience, builder::patience);
    set(checkpointSeconds, builder::checkpointSeconds);
    set(seed, builder::seed);
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

  private PromptMethod method(Optional<Preset> published) {
    String name = method == null ? PTuningV2.NAME : method;
    return switch (name) {
      case PTuningV2.NAME -> promptMethod(published);
      case HeadOnly.NAME -> withoutPrompt(new HeadOnly());
      case FullFineTuning.NAME -> withoutPrompt(new FullFineTuning());
      default -> throw unknownMethod(name);
    };
  }

  private static InvalidInputException unknownMethod(String name) {
    List<String> names = List.of(PTuningV2.NAME, FullFineTuning.NAME, HeadOnly.NAME);
    String guess = Spelling.closest(name, names).map(n -> "; did you mean '" + n + "'?").orElse("");
    return InvalidInputException.of(
        "method: there is no '%s'; there are: %s%s", name, String.join(", ", names), guess);
  }

  private PromptMethod promptMethod(Optional<Preset> published) {
    PTuningV2 plain = PTuningV2.ofLength(published.map(Preset::promptLength).orElse(20));
    boolean projected = published.map(Preset::projection).orElse(false);
    Optional<Integer> width =
        projected ? Optional.of(PTuningV2.DEFAULT_PROJECTION) : Optional.empty();
    return new PTuningV2(
        promptLength == null ? plain.length() : promptLength,
        layers == null ? plain.layers() : new LayerRange(layers),
        projection == null ? width : Optional.of(projection),
        promptDropout == null
            ? published.map(Preset::dropout).orElse(plain.dropout())
            : promptDropout,
        positions == null ? plain.positions() : PositionConvention.parse(positions),
        init == null ? plain.initialisation() : Initialisation.parse(init));
  }

  private PromptMethod withoutPrompt(PromptMethod chosen) {
    String given =
        promptLength != null
            ? "--prompt-length"
            : layers != null
                ? "--layers"
                : projection != null
                    ? "--projection"
                    : promptDropout != null
                        ? "--prompt-dropout"
                        : positions != null ? "--positions" : init != null ? "--init" : null;
    if (given != null) {
      throw InvalidInputException.of(
          "method: %s has no prompt, so %s means nothing; leave it out or take --method %s",
          chosen.name(), given, PTuningV2.NAME);
    }
    return chosen;
  }

  private Optional<Preset> preset(SequenceClassificationTask task, ModelFolder model) {
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

  private static String published(Task task) {
    return task.name()
        + " on "
        + task.presets().stream()
            .map(p -> p.modelClass().key())
            .collect(Collectors.joining(" and "));
  }
}
