package org.ptuning4j.cli.options;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.Schedule;
import org.ptuning4j.train.config.StartFrom;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/**
 * The options that describe a run, and the configuration that they make. A mixin: its options are
 * those of {@link DeclaredOptions}.
 */
@CommandLine.Command
public final class RunOptions {

  private final DeclaredOptions declared = DeclaredOptions.installed();

  /** What was given, by the setting's name. */
  private final Map<String, String> given = new LinkedHashMap<>();

  private boolean besidePublished;

  /** Puts the options into the command that has this mixin. */
  @Spec(Spec.Target.MIXEE)
  void mixedInto(CommandSpec command) {
    for (DeclaredOption option : declared.all()) {
      if (command.findOption(option.option()) == null) {
        command.addOption(spec(option));
      }
    }
  }

  private OptionSpec spec(DeclaredOption option) {
    Setting<?> any = option.any();
    OptionSpec.Builder spec =
        OptionSpec.builder(option.option())
            .description(option.help().replace("%", "%%"))
            .completionCandidates(option.choices());
    if (any.values().isFlag()) {
      return spec.type(boolean.class)
          .arity("0")
          .completionCandidates(null)
          .setter(new Given<Boolean>(option.name(), value -> value ? "true" : null))
          .build();
    }
    spec.type(String.class)
        .paramLabel(any.values().placeholder())
        .setter(new Given<String>(option.name(), value -> value));
    bare(any)
        .ifPresentOrElse(value -> spec.arity("0..1").fallbackValue(value), () -> spec.arity("1"));
    return spec.build();
  }

  private static <T> Optional<String> bare(Setting<T> setting) {
    return setting.bare().map(value -> String.valueOf(setting.values().plain(value)));
  }

  /** Keeps the value of an option. */
  private final class Given<T> implements ISetter {

    private final String name;
    private final Function<T, String> text;

    Given(String name, Function<T, String> text) {
      this.name = name;
      this.text = text;
    }

    @Override
    public <V> V set(V value) {
      // picocli gives values of the option's own type, and null where it starts anew.
      @SuppressWarnings("unchecked")
      T typed = (T) value;
      String written = typed == null ? null : text.apply(typed);
      if (written == null) {
        given.remove(name);
      } else {
        given.put(name, written);
      }
      return value;
    }
  }

  /** Sets a setting as if its option had been given. */
  public void set(Setting<?> setting, String value) {
    given.put(setting.name(), value);
  }

  /** Leaves out a setting that is for other tasks of the same command. */
  public void leaveOut(Setting<?> setting) {
    given.remove(setting.name());
  }

  /** Words are tagged as in published settings, unless something else is given. */
  void setBesidePublished() {
    besidePublished = true;
  }

  /** Chooses the method. */
  public void setMethod(String name) {
    set(declared.method(), name);
  }

  /** Chooses the method where no option does. */
  public void setMethodByDefault(String name) {
    given.putIfAbsent(declared.method().name(), name);
  }

  /** Whether a setting was given. */
  public boolean isGiven(Setting<?> setting) {
    return given.containsKey(setting.name());
  }

  /** Whether a setting was given, by its name. */
  public boolean isGiven(String setting) {
    return given.containsKey(setting);
  }

  /** Whether a run with this method has an option of that name, without hyphens before it. */
  public boolean hasOption(String setting) {
    return declared
        .find("--" + setting)
        .filter(option -> option.of(methodName()).isPresent())
        .filter(option -> !option.name().equals(declared.method().name()))
        .isPresent();
  }

  /** The setting of a name as this method, or another, has it. */
  public Optional<Setting<?>> setting(String method, String name) {
    return declared.find("--" + name).flatMap(option -> option.of(method));
  }

  /** The names of all settings of runs and methods. */
  public List<String> names() {
    return declared.all().stream().map(DeclaredOption::name).toList();
  }

  /**
   * A setting with a value as arguments: {@code --name=value}, or {@code --name} for a switch that
   * is on, and nothing for one that is off.
   *
   * @throws InvalidInputException if it is a switch and the value neither true nor false
   */
  public List<String> arguments(String setting, String value) {
    Setting<?> any = declared.find("--" + setting).orElseThrow().any();
    if (!any.values().isFlag()) {
      return List.of("--" + setting + "=" + value);
    }
    return any.read(value).equals(true) ? List.of("--" + setting) : List.of();
  }

  /** Whether the rows that are evaluated on are some of the training file's. */
  public boolean holdsOut() {
    String share = given.get(TrainingSettings.HOLD_OUT.name());
    return share != null
        && TrainingSettings.HOLD_OUT.values().parse(share).filter(value -> value > 0).isPresent();
  }

  /** The value of a setting that was given, or its default, where it has one. */
  public <T> T value(Setting<T> setting) {
    String text = given.get(setting.name());
    return text == null ? setting.byDefault().orElseThrow() : setting.read(text);
  }

  /** The value of {@code --head}; null where it was not given. */
  public String head() {
    return given.get(TrainingSettings.HEAD.name());
  }

  /** The method without its settings. */
  public PromptMethod plainMethod() {
    return declared.methods().create(methodName(), Map.of());
  }

  /** The method's name. */
  public String methodName() {
    return given.getOrDefault(declared.method().name(), PTuningV2.NAME);
  }

  /** Whether the method has a setting. */
  public boolean methodHas(Setting<?> setting) {
    return declared.methods().get(methodName()).find(setting.name()).isPresent();
  }

  /**
   * The run's configuration.
   *
   * @throws InvalidInputException if a value is out of its range, or two options contradict each
   *     other
   */
  public TrainingConfig config(Task<?> task, ModelFolder model) {
    return amongOthers(task, model).forTask(task);
  }

  /** The same of a run of several tasks, of which another may use what this one has no use for. */
  public TrainingConfig amongOthers(Task<?> task, ModelFolder model) {
    try {
      return checkedConfig(task, model);
    } catch (InvalidSettingException e) {
      throw new InvalidInputException("--" + e.getMessage(), e);
    }
  }

  private TrainingConfig checkedConfig(Task<?> task, ModelFolder model) {
    SettingValues run = runSettings();
    Optional<Preset> published = published(task, model);
    TrainingConfigBuilder builder = TrainingConfig.builder().method(method(task, published), task);
    published.ifPresent(preset -> start(builder, preset));
    if (task.answersWords() && (published.isPresent() || besidePublished)) {
      builder.tagHead(Optional.of(TagHead.SOFTMAX));
    }
    TrainingSettings.apply(run, builder);
    return builder.build();
  }

  private static void start(TrainingConfigBuilder builder, Preset preset) {
    builder
        .batching(new FixedBatches(preset.batch()))
        .epochs(preset.epochs())
        .learningRate(preset.learningRate())
        .dropout(Optional.of(preset.dropout()))
        .maxLength(preset.maxLength());
    if (preset.decaysByEpoch()) {
      builder.schedule(new Schedule(Schedule.Shape.EXPONENTIAL, 0, preset.decayPerEpoch()));
    }
  }

  private SettingValues runSettings() {
    SettingValues values = SettingValues.of(TrainingSettings.all());
    for (Setting<?> setting : TrainingSettings.all()) {
      String text = given.get(setting.name());
      if (text != null) {
        values = values.withText(setting, text);
      }
    }
    return values.with(
        TrainingSettings.START_FROM,
        values.given(TrainingSettings.START_FROM).map(RunOptions::found));
  }

  private static StartFrom found(StartFrom given) {
    return given.best()
        ? given
        : StartFrom.pack(PackFolders.find(TrainingSettings.START_FROM.name(), given.folder()));
  }

  /** The method, with what was given, what is published and what the task's template asks for. */
  private PromptMethod method(Task<?> task, Optional<Preset> published) {
    MethodDeclaration method = declared.methods().get(methodName());
    Map<String, Object> values = new LinkedHashMap<>();
    published.ifPresent(
        preset -> {
          values.put(PTuningV2.LENGTH.name(), preset.promptLength());
          values.put(MethodSettings.PROMPT_DROPOUT.name(), preset.dropout());
          values.put(MethodSettings.POSITIONS.name(), PositionConvention.SHIFTED.label());
          values.put(MethodSettings.PREFIX_SOFTMAX.name(), PrefixSoftmax.JOINT.label());
          values.put(MethodSettings.INIT.name(), NormalInitialisation.NORMAL.label());
          values.put(
              PTuningV2.PROJECTION.name(),
              preset.projection() ? PTuningV2.DEFAULT_PROJECTION : null);
        });
    boolean placed = task.softTokens() > 0 && plainMethod().inputTokens() > 0;
    if (placed && methodHas(MethodSettings.LENGTH)) {
      values.put(MethodSettings.LENGTH.name(), task.softTokens());
    }
    for (DeclaredOption option : declared.all()) {
      if (option.isOfMethods() && given.containsKey(option.name())) {
        if (option.of(method.name()).isEmpty()) {
          throw InvalidInputException.of(
              "method: %s has no use for %s; leave it out, or take one of: %s",
              method.name(), option.option(), String.join(", ", option.ofMethods().keySet()));
        }
        values.put(option.name(), given.get(option.name()));
      }
    }
    return declared.methods().create(method.name(), values);
  }

  private Optional<Preset> published(Task<?> task, ModelFolder model) {
    String name = given.get(DeclaredOptions.PRESET.name());
    if (name == null) {
      return Optional.empty();
    }
    DeclaredOptions.PRESET.read(name);
    return Optional.of(new PublishedSettings(task, model).of(methodName()));
  }
}
