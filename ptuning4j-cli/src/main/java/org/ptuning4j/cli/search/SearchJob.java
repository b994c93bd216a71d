package org.ptuning4j.cli.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.search.Dimension;
import org.ptuning4j.search.RunRequest;
import org.ptuning4j.search.SearchBudget;
import org.ptuning4j.search.SearchPlan;
import org.ptuning4j.search.SearchSpace;
import org.ptuning4j.search.TrialRuns;
import org.ptuning4j.study.Fingerprints;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;

/** A search as a command line asks for it: what is given is fixed, the rest is searched. */
public final class SearchJob implements TrialRuns {

  private static final List<String> WITHOUT_SEARCH = List.of("seed", "epochs");

  private final ModelFolder model;
  private final BackboneSpec spec;
  private final TaskOptions taskOptions;
  private final Task<?> plain;
  private final TrainingData data;
  private final RunOptions settings;
  private final Budget given;
  private final List<String> over;

  /**
   * A search.
   *
   * @param plain the task before it is put as a cloze
   * @param given the options that were given
   * @param over what was said of the space
   */
  SearchJob(
      ModelFolder model,
      TaskOptions taskOptions,
      Task<?> plain,
      TrainingData data,
      RunOptions settings,
      Budget given,
      List<String> over) {
    this.model = model;
    this.spec = BackboneFamilies.installed().of(model).spec(model);
    this.taskOptions = taskOptions;
    this.plain = plain;
    this.data = data;
    this.settings = settings;
    this.given = given;
    this.over = over;
  }

  /**
   * The plan.
   *
   * @param atOnce how many trials are chosen by the same results
   * @throws InvalidInputException if what was given does not go together, or data cannot be read
   */
  SearchPlan plan(SearchBudget budget, int atOnce, boolean warmStarts) {
    for (String name : AskedSpace.SET_ITSELF) {
      if (settings.isGiven(name) && !WITHOUT_SEARCH.contains(name)) {
        throw InvalidInputException.of(
            "%s: the search sets it itself for each trial; leave out --%s", name, name);
      }
    }
    List<String> methods = AskedSpace.methods(settings, over);
    RunOptions fixed = given.of(methods.get(0), seed(), List.of());
    Task<?> task = put(fixed);
    TrainingConfig config = fixed.config(task, model); // what was given alone must be possible
    boolean linear = !task.hasTemplate() && !isWritten(fixed);
    SearchSpace space =
        AskedSpace.of(
            settings,
            new DefaultSpace(spec, plain, linear, usualRates(methods), EmbeddingPooling.of(model)),
            over);
    boolean fits = budget.minutes().isPresent() && !settings.isGiven(TrainingSettings.EPOCHS);
    int rows = rows(plain);
    int used = (int) Math.round(rows * (1 - config.holdOut()));
    int trained = Math.min(used, config.trainRows().orElse(used));
    return new SearchPlan(
        space,
        this,
        budget,
        fits && config.trainRows().isEmpty()
            ? Optional.empty()
            : Optional.of(epochs(config, trained)),
        seed(),
        atOnce,
        warmStarts,
        spec.layers(),
        trained,
        identity(task, config));
  }

  /** Those of a whole run; of texts of unknown length each is taken to be as long as it may be. */
  private static int epochs(TrainingConfig config, int rows) {
    int[] lengths = new int[rows];
    Arrays.fill(lengths, config.maxLength());
    return config.over(config.batching().planSequential(lengths).size()).allEpochs();
  }

  private <E extends Example> int rows(Task<E> task) {
    return task.read(data.train()).usable(data.badRows()).size();
  }

  private Map<String, Double> usualRates(List<String> methods) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (String method : methods) {
      RunOptions fixed = given.of(method, seed(), List.of());
      Task<?> task = put(fixed);
      rates.put(method, usualRate(fixed.config(task, model), task));
    }
    return rates;
  }

  /** What usually works; of a method that trains nothing any rate. */
  private static double usualRate(TrainingConfig config, Task<?> task) {
    double usual = config.method().learningRates().firstTry(task.answersWords());
    return usual > 0 ? usual : config.learningRate();
  }

  private static boolean isWritten(RunOptions options) {
    return TrainingSettings.LANGUAGE_MODEL.equals(options.head());
  }

  private Map<String, String> identity(Task<?> task, TrainingConfig config) {
    Fingerprints files = new Fingerprints();
    Map<String, String> identity = new TreeMap<>(given.shown());
    identity.keySet().removeAll(WITHOUT_SEARCH);
    identity.put("method", config.method().name());
    if (task.answersWords()) { // trials of versions with another default are others
      identity.put(TrainingSettings.TAG_HEAD.name(), config.usedTagHead().label());
    }
    if (!config.method().openRules().isEmpty()) {
      identity.put("open", config.method().openRules());
    }
    identity.put("model", files.ofModel(model.path()));
    identity.put("task", StudyRun.definition(task));
    identity.put("train", files.of(data.train().path()));
    identity.put("dev", files.of(data.dev().path()));
    return identity;
  }

  private long seed() {
    return settings.value(TrainingSettings.SEED);
  }

  private Task<?> put(RunOptions options) {
    return taskOptions.put(plain, options.head(), options.plainMethod(), model);
  }

  @Override
  public StudyRun run(RunRequest request) {
    Map<String, String> all = new LinkedHashMap<>(request.asSettings());
    all.remove("seed");
    String method = Optional.ofNullable(all.remove(Dimension.METHOD)).orElse(settings.methodName());
    List<String> arguments = new ArrayList<>();
    all.forEach((name, value) -> arguments.addAll(settings.arguments(name, value)));
    RunOptions options = given.fitting(method, request.seed(), arguments);
    Task<?> task = put(options);
    TrainingConfig config = options.config(task, model);
    requireFit(config);
    return new StudyRun(
        method,
        plain.name(),
        Map.of("trial", request.name()),
        model.path(),
        task,
        data,
        config,
        Optional.empty());
  }

  /** Whether the prompt's layers are among those that are read is known only with the model. */
  private void requireFit(TrainingConfig config) {
    int layers = config.readLayer().orElse(spec.layers());
    if (layers < 1 || layers > spec.layers()) {
      throw InvalidInputException.of(
          "read-layer: %d; the model's layers are 1 to %d", layers, spec.layers());
    }
    config.method().parameterCount(layers == spec.layers() ? spec : spec.lowest(layers));
  }

  @Override
  public boolean applies(String method, String setting) {
    String name = method.isEmpty() ? settings.methodName() : method;
    return settings.setting(name, setting).isPresent();
  }

  /** The metric that decides. */
  String metric() {
    return put(given.of(settings.methodName(), seed(), List.of())).primaryMetric();
  }

  /** The model's folder. */
  Path modelFolder() {
    return model.path();
  }

  /** The data that trials see. */
  TrainingData data() {
    return data;
  }
}
