package org.ptuning4j.train.config;

import java.util.Optional;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.batching.Batching.FixedBatches;

/** Collects the values of a {@link TrainingConfig}; each method is named for its field. */
public final class TrainingConfigBuilder {

  private PromptMethod method = PTuningV2.ofLength(MethodSettings.LENGTH.byDefault().orElseThrow());
  private Optional<Integer> epochs = Optional.empty();
  private Optional<Integer> stopAfter = Optional.empty();
  private double holdOut = byDefault(TrainingSettings.HOLD_OUT);
  private Optional<Integer> trainRows = Optional.empty();
  private Batching batching = new FixedBatches(32);
  private int accumulation = byDefault(TrainingSettings.ACCUMULATION);
  private double learningRate = byDefault(TrainingSettings.LEARNING_RATE).orElseThrow();
  private Schedule schedule =
      new Schedule(
          byDefault(TrainingSettings.SCHEDULE),
          byDefault(Warmup.SETTING),
          byDefault(TrainingSettings.DECAY_PER_EPOCH));
  private double weightDecay = byDefault(TrainingSettings.WEIGHT_DECAY);
  private double adamBeta1 = byDefault(TrainingSettings.ADAM_BETA1);
  private double adamBeta2 = byDefault(TrainingSettings.ADAM_BETA2);
  private double adamEpsilon = byDefault(TrainingSettings.ADAM_EPSILON);
  private double clip = byDefault(TrainingSettings.CLIP);
  private Optional<Double> headLearningRate = Optional.empty();
  private boolean searchesRate;
  private Optional<Double> dropout = Optional.empty();
  private Regularisation regularisation = Regularisation.NONE;
  private Averaging averaging = Averaging.NONE;
  private int maxLength = byDefault(TrainingSettings.MAX_LENGTH);
  private Optional<SequenceInput> headInput = Optional.empty();
  private Optional<TagHead> tagHead = Optional.empty();
  private Optional<Integer> readLayer = Optional.empty();
  private int evaluateEvery = byDefault(TrainingSettings.EVALUATE_EVERY);
  private int patience = byDefault(TrainingSettings.PATIENCE);
  private double minDelta = byDefault(TrainingSettings.MIN_DELTA);
  private int checkpointSeconds = byDefault(TrainingSettings.CHECKPOINT_SECONDS);
  private boolean checkpointLayers = byDefault(TrainingSettings.CHECKPOINT_LAYERS);
  private boolean packing = byDefault(TrainingSettings.PACKING);
  private StateCaching cache = byDefault(TrainingSettings.CACHE);
  private long seed = byDefault(TrainingSettings.SEED);
  private int restarts = byDefault(TrainingSettings.RESTARTS);
  private Precision precision = byDefault(TrainingSettings.PRECISION);
  private Optional<StartFrom> startFrom = Optional.empty();
  private double temperature = byDefault(TrainingSettings.TEMPERATURE);

  TrainingConfigBuilder() {}

  private static <T> T byDefault(Setting<T> setting) {
    return setting.byDefault().orElseThrow();
  }

  /** What is trained. */
  public TrainingConfigBuilder method(PromptMethod value) {
    method = value;
    return this;
  }

  /** What is trained and for which task, with the learning rate and length that are usual there. */
  public TrainingConfigBuilder method(PromptMethod value, Task<?> task) {
    double rate = value.learningRates().firstTry(task.answersWords());
    if (rate > 0) { // else the method trains nothing
      learningRate = rate;
    }
    maxLength = task.truncation().maxLength();
    return method(value);
  }

  /** Passes over the training data; as many as fit their size if it is not called. */
  public TrainingConfigBuilder epochs(int value) {
    epochs = Optional.of(value);
    return this;
  }

  /** The epoch after which it ends; empty for the last. */
  public TrainingConfigBuilder stopAfter(Optional<Integer> value) {
    stopAfter = value;
    return this;
  }

  /** The share of the training rows that is evaluated on; 0 for none. */
  public TrainingConfigBuilder holdOut(double value) {
    holdOut = value;
    return this;
  }

  /** How many training rows are trained on; empty for all. */
  public TrainingConfigBuilder trainRows(Optional<Integer> value) {
    trainRows = value;
    return this;
  }

  /** How rows are grouped. */
  public TrainingConfigBuilder batching(Batching value) {
    batching = value;
    return this;
  }

  /** Batches per step. */
  public TrainingConfigBuilder accumulation(int value) {
    accumulation = value;
    return this;
  }

  /** The peak learning rate. */
  public TrainingConfigBuilder learningRate(double value) {
    learningRate = value;
    return this;
  }

  /** Whether a range test finds the peak learning rate. */
  public TrainingConfigBuilder searchesRate(boolean value) {
    searchesRate = value;
    return this;
  }

  /** The peak learning rate of the head. */
  public TrainingConfigBuilder headLearningRate(Optional<Double> value) {
    headLearningRate = value;
    return this;
  }

  /** How the learning rate moves. */
  public TrainingConfigBuilder schedule(Schedule value) {
    schedule = value;
    return this;
  }

  /** The course of the learning rate after the warm-up. */
  public TrainingConfigBuilder scheduleShape(Schedule.Shape value) {
    return schedule(new Schedule(value, schedule.warmup(), schedule.decayPerEpoch()));
  }

  /** The steps in which the learning rate first rises. */
  public TrainingConfigBuilder warmupSteps(int value) {
    return warmup(Warmup.ofSteps(value));
  }

  /** For how long the learning rate first rises. */
  public TrainingConfigBuilder warmup(Warmup value) {
    return schedule(new Schedule(schedule.shape(), value, schedule.decayPerEpoch()));
  }

  /** The factor per epoch of the exponential schedule. */
  public TrainingConfigBuilder decayPerEpoch(double value) {
    return schedule(new Schedule(schedule.shape(), schedule.warmup(), value));
  }

  /** AdamW's decay. */
  public TrainingConfigBuilder weightDecay(double value) {
    weightDecay = value;
    return this;
  }

  /** AdamW's β₁. */
  public TrainingConfigBuilder adamBeta1(double value) {
    adamBeta1 = value;
    return this;
  }

  /** AdamW's β₂. */
  public TrainingConfigBuilder adamBeta2(double value) {
    adamBeta2 = value;
    return this;
  }

  /** AdamW's ε. */
  public TrainingConfigBuilder adamEpsilon(double value) {
    adamEpsilon = value;
    return this;
  }

  /** The largest norm of the gradient. */
  public TrainingConfigBuilder clip(double value) {
    clip = value;
    return this;
  }

  /** The backbone's and the head's dropout. */
  public TrainingConfigBuilder dropout(Optional<Double> value) {
    dropout = value;
    return this;
  }

  /** What is added to the loss in training. */
  public TrainingConfigBuilder regularisation(Regularisation value) {
    regularisation = value;
    return this;
  }

  /** The part of each target that is spread over all classes. */
  public TrainingConfigBuilder labelSmoothing(double value) {
    return regularisation(new Regularisation(value, regularisation.rDrop()));
  }

  /** The weight of the difference between two passes. */
  public TrainingConfigBuilder rDrop(double value) {
    return regularisation(new Regularisation(regularisation.labelSmoothing(), value));
  }

  /** Whether a moving average of the trained values is evaluated too. */
  public TrainingConfigBuilder averaging(Averaging value) {
    averaging = value;
    return this;
  }

  /** The longest text in tokens. */
  public TrainingConfigBuilder maxLength(int value) {
    maxLength = value;
    return this;
  }

  /** What the classifier reads. */
  public TrainingConfigBuilder headInput(Optional<SequenceInput> value) {
    headInput = value;
    return this;
  }

  /** What scores the tags of words; empty for the usual one of the method. For tasks with tags. */
  public TrainingConfigBuilder tagHead(Optional<TagHead> value) {
    tagHead = value;
    return this;
  }

  /** How many of the lowest layers there are for prompt and head; empty for all. */
  public TrainingConfigBuilder readLayer(Optional<Integer> value) {
    readLayer = value;
    return this;
  }

  /** Steps between evaluations; 0 for once per epoch. */
  public TrainingConfigBuilder evaluateEvery(int value) {
    evaluateEvery = value;
    return this;
  }

  /** Evaluations without a better one before stopping; 0 for never. */
  public TrainingConfigBuilder patience(int value) {
    patience = value;
    return this;
  }

  /** By how much the deciding metric must rise for patience to start anew. */
  public TrainingConfigBuilder minDelta(double value) {
    minDelta = value;
    return this;
  }

  /** Seconds between checkpoints. */
  public TrainingConfigBuilder checkpointSeconds(int value) {
    checkpointSeconds = value;
    return this;
  }

  /** Whether layers are computed a second time in the backward pass instead of being kept. */
  public TrainingConfigBuilder checkpointLayers(boolean value) {
    checkpointLayers = value;
    return this;
  }

  /** Whether several training texts share a row. */
  public TrainingConfigBuilder packing(boolean value) {
    packing = value;
    return this;
  }

  /** What becomes of states that are the same in every epoch. */
  public TrainingConfigBuilder cache(StateCaching value) {
    cache = value;
    return this;
  }

  /** The seed. */
  public TrainingConfigBuilder seed(long value) {
    seed = value;
    return this;
  }

  /** How many starts race. */
  public TrainingConfigBuilder restarts(int value) {
    restarts = value;
    return this;
  }

  /** The backbone's precision. */
  public TrainingConfigBuilder precision(Precision value) {
    precision = value;
    return this;
  }

  /** An earlier pack to start from. */
  public TrainingConfigBuilder startFrom(Optional<StartFrom> value) {
    startFrom = value;
    return this;
  }

  /** The temperature of drawing among several data sets. */
  public TrainingConfigBuilder temperature(double value) {
    temperature = value;
    return this;
  }

  /**
   * The configuration.
   *
   * @throws org.ptuning4j.InvalidInputException if a value is out of its range
   */
  public TrainingConfig build() {
    return new TrainingConfig(
        method,
        epochs,
        stopAfter,
        holdOut,
        trainRows,
        batching,
        accumulation,
        learningRate,
        searchesRate,
        headLearningRate,
        schedule,
        weightDecay,
        adamBeta1,
        adamBeta2,
        adamEpsilon,
        clip,
        dropout,
        regularisation,
        averaging,
        maxLength,
        headInput,
        tagHead,
        readLayer,
        evaluateEvery,
        patience,
        minDelta,
        checkpointSeconds,
        checkpointLayers,
        packing,
        cache,
        seed,
        restarts,
        precision,
        startFrom,
        temperature);
  }
}
