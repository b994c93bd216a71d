package org.ptuning4j.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.spark.row.RowValues;
import org.ptuning4j.spark.training.FileBundle;
import org.ptuning4j.spark.training.RunPlan;
import org.ptuning4j.spark.training.TrainedPack;
import org.ptuning4j.spark.training.TrainingStage;
import org.ptuning4j.train.config.TrainingSettings;

/**
 * Trains a prompt on a data frame, with a worker in each of several slots of a cluster: every
 * worker computes its part of each step, and the gradients are added up between them.
 *
 * <pre>{@code
 * PromptModel model =
 *     new PromptTuning()
 *         .setModel("/models/bert-base")
 *         .setTextCol("text")
 *         .setLabelCol("label")
 *         .setOut("hdfs:///runs/reviews")
 *         .setSetting("epochs", "5")
 *         .fit(frame);
 * }</pre>
 *
 * <p>The rows are collected and sent to every worker, so they have to fit into the driver's memory
 * and into an executor's. A run whose folder holds a checkpoint of the same settings and rows goes
 * on from it.
 */
public final class PromptTuning extends Estimator<PromptModel> implements DefaultParamsWritable {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final ColumnParams columns;
  private final TaskParams tasks;
  private final SettingParams settings;
  private final Param<String> method;
  private final Param<String> out;
  private final IntParam workers;
  private final IntParam timeout;
  private final IntParam slots;
  private final Param<String> evaluated;
  private final DoubleParam evaluatedShare;
  private final BooleanParam skipBadRows;

  /** An estimator with defaults for all but the model, the columns and the folder. */
  public PromptTuning() {
    this(Identifiable$.MODULE$.randomUID("promptTuning"));
  }

  /**
   * The same with an identifier of the caller's.
   *
   * @param uid how it is known in a pipeline
   */
  public PromptTuning(String uid) {
    this.uid = uid;
    this.columns = new ColumnParams(this);
    this.tasks = new TaskParams(this);
    this.settings = new SettingParams(this);
    this.method = ColumnParams.text(this, "method", "What is trained, such as p-tuning-v2.");
    this.out =
        ColumnParams.text(
            this,
            "out",
            "The folder for checkpoints, metrics and the pack, on storage that the driver and all"
                + " workers share.");
    this.workers =
        new IntParam(
            this,
            "workers",
            "How many workers make each step; each needs a slot, all at once. 0: one for each slot"
                + " that there is.");
    this.timeout =
        new IntParam(
            this,
            "timeoutSeconds",
            "How long workers wait for each other before they give the attempt up; longer than an"
                + " evaluation takes.");
    this.slots =
        new IntParam(
            this, "slotSeconds", "How long to wait for executors that are still being started.");
    this.evaluated =
        ColumnParams.text(
            this,
            "validationIndicatorCol",
            "A column of truth values: the rows on which it is true are evaluated on and not"
                + " trained on.");
    this.evaluatedShare =
        new DoubleParam(
            this,
            "validationShare",
            "The share of rows that are evaluated on, chosen by their contents, where no column"
                + " says which.");
    this.skipBadRows =
        new BooleanParam(
            this, "skipBadRows", "Leave out rows that cannot be used, instead of refusing.");
    columns.setDefaults(this);
    tasks.setDefaults(this);
    setDefault(method, PTuningV2.NAME);
    setDefault(workers, 0);
    setDefault(timeout, 300);
    setDefault(slots, 60);
    setDefault(evaluated, "");
    setDefault(evaluatedShare, 0.1);
    setDefault(skipBadRows, false);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    List<Param<?>> all = new ArrayList<>(columns.all());
    all.addAll(tasks.all());
    all.addAll(
        List.of(method, out, workers, timeout, slots, evaluated, evaluatedShare, skipBadRows));
    all.addAll(settings.all());
    return all.toArray(Param<?>[]::new);
  }

  /** The model's folder, the same path on every machine. */
  public PromptTuning setModel(String value) {
    return with("model", value);
  }

  /** A task by its name, or its definition as JSON. */
  public PromptTuning setTask(String value) {
    return with("task", value);
  }

  /** The kind of a task made of columns. */
  public PromptTuning setKind(String value) {
    return with("kind", value);
  }

  /** The column with the text. */
  public PromptTuning setTextCol(String value) {
    return with("textCol", value);
  }

  /** The column with the second text of a pair. */
  public PromptTuning setPairCol(String value) {
    return with("pairCol", value);
  }

  /** The column with what is right. */
  public PromptTuning setLabelCol(String value) {
    return with("labelCol", value);
  }

  /** The column with a list of words. */
  public PromptTuning setWordsCol(String value) {
    return with("wordsCol", value);
  }

  /** The column with a list of tags. */
  public PromptTuning setTagsCol(String value) {
    return with("tagsCol", value);
  }

  /** The folder for the run's files, on storage that all machines share. */
  public PromptTuning setOut(String value) {
    return with("out", value);
  }

  /** How many workers make each step; 0 for all slots. */
  public PromptTuning setWorkers(int value) {
    return with("workers", value);
  }

  /** How long workers wait for each other. */
  public PromptTuning setTimeoutSeconds(int value) {
    return with("timeoutSeconds", value);
  }

  /** How long to wait for executors. */
  public PromptTuning setSlotSeconds(int value) {
    return with("slotSeconds", value);
  }

  /** The column that says which rows are evaluated on. */
  public PromptTuning setValidationIndicatorCol(String value) {
    return with("validationIndicatorCol", value);
  }

  /** What is trained. */
  public PromptTuning setMethod(String value) {
    return with("method", value);
  }

  /** The precision of the frozen model. */
  public PromptTuning setPrecision(String value) {
    return with("precision", value);
  }

  /**
   * A setting of the run or its method, as on the command line.
   *
   * @param name such as {@code prompt-length}, or {@code promptLength}
   */
  public PromptTuning setSetting(String name, Object value) {
    set(settings.get(name), String.valueOf(value));
    return this;
  }

  private PromptTuning with(String name, Object value) {
    set(name, value);
    return this;
  }

  /**
   * Trains, and gives a model with the best state.
   *
   * @throws InvalidInputException if rows or settings are not usable, or there are too few slots
   */
  @Override
  public PromptModel fit(Dataset<?> dataset) {
    requireSet(columns.model);
    requireSet(out);
    RunPlan plan = plan();
    plan.config(); // what is wrong with the settings is said at once
    TrainingStage stage =
        new TrainingStage(
            dataset.sparkSession().sparkContext(),
            Duration.ofSeconds(getOrDefault(intOf(timeout))));
    RunPlan sized =
        plan.by(
            stage.workers(
                getOrDefault(intOf(workers)), Duration.ofSeconds(getOrDefault(intOf(slots)))));
    TrainedPack trained = stage.train(sized, files(dataset), getOrDefault(out));
    PromptModel made = new PromptModel(trained.pack(), trained.result());
    return copyValues(made, extractParamMap()).setParent(this);
  }

  /** Spark's numbers are of Scala's types, which Java sees as objects. */
  @SuppressWarnings("unchecked")
  private static Param<Integer> intOf(IntParam param) {
    return (Param<Integer>) (Param<?>) param;
  }

  private void requireSet(Param<String> param) {
    if (!isDefined(param)) {
      throw InvalidInputException.of("%s: is missing; %s", param.name(), param.doc());
    }
  }

  private RunPlan plan() {
    Map<String, String> given = new LinkedHashMap<>();
    settings
        .byName()
        .forEach(
            (name, param) -> {
              if (isSet(param)) {
                given.put(name, getOrDefault(param));
              }
            });
    given.put(TrainingSettings.PRECISION.name(), getOrDefault(columns.precision));
    return new RunPlan(
        getOrDefault(columns.model),
        tasks.chosen(this, getOrDefault(columns.words)),
        getOrDefault(method),
        given,
        (Boolean) getOrDefault(skipBadRows),
        1);
  }

  private FileBundle files(Dataset<?> dataset) {
    RowValues values =
        new RowValues(
            ColumnParams.renamed(getOrDefault(columns.words), getOrDefault(columns.tags)));
    return new TrainingRows(values, getOrDefault(evaluated), (Double) getOrDefault(evaluatedShare))
        .files(dataset.toDF().collectAsList());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return columns.added(this, schema);
  }

  @Override
  public PromptTuning copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads one that was saved. */
  public static MLReader<PromptTuning> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads one that was saved in a folder. */
  public static PromptTuning load(String path) {
    return read().load(path);
  }
}
