package org.ptuning4j.train.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.batching.Batching.FixedBatches;

/**
 * How a run trains. Built with {@link #builder()}; every field has a default that suits P-Tuning v2
 * on a few thousand examples.
 *
 * @param method what is trained
 * @param epochs passes over the training data, 1 or more
 * @param batching how rows are grouped
 * @param accumulation batches whose gradients make one step, weighed by what their losses count
 * @param learningRate the peak learning rate
 * @param schedule how it moves
 * @param weightDecay AdamW's decoupled decay
 * @param adamBeta1 how much of the gradients' running mean AdamW keeps at each step, in [0, 1)
 * @param adamBeta2 how much of the running mean of their squares it keeps, in [0, 1)
 * @param adamEpsilon what it adds to the root of the squares, more than 0
 * @param clip the largest norm of the gradient; 0 for no clipping
 * @param dropout the backbone's and the head's dropout in training; empty for the checkpoint's own
 * @param maxLength the longest text in tokens, special tokens included; longer ones are cut
 * @param headInput what the classifier reads; empty to let the checkpoint decide
 * @param evaluateEvery evaluate after so many steps; 0 for once per epoch
 * @param patience stop after so many evaluations without a better one; 0 for never
 * @param checkpointSeconds save the state for resuming at least this often; evaluations always save
 *     it
 * @param checkpointLayers whether layers are computed a second time in the backward pass instead of
 *     being kept
 * @param packing whether several training texts share a row
 * @param seed of every random choice
 * @param precision of the frozen backbone
 * @param startFrom the folder of an earlier pack whose prompt is the start of this one's
 * @param temperature T of drawing among several data sets, each with probability ∝ n^(1/T), 1 or
 *     more
 */
public record TrainingConfig(
    PromptMethod method,
    int epochs,
    Batching batching,
    int accumulation,
    double learningRate,
    Schedule schedule,
    double weightDecay,
    double adamBeta1,
    double adamBeta2,
    double adamEpsilon,
    double clip,
    Optional<Double> dropout,
    int maxLength,
    Optional<SequenceInput> headInput,
    int evaluateEvery,
    int patience,
    int checkpointSeconds,
    boolean checkpointLayers,
    boolean packing,
    long seed,
    Precision precision,
    Optional<Path> startFrom,
    double temperature) {

  /** Checks the ranges, and that the method's settings have other names than the run's. */
  public TrainingConfig {
    TrainingSettings.EPOCHS.require(epochs);
    TrainingSettings.ACCUMULATION.require(accumulation);
    TrainingSettings.MAX_LENGTH.require(maxLength);
    TrainingSettings.EVALUATE_EVERY.require(evaluateEvery);
    TrainingSettings.PATIENCE.require(patience);
    TrainingSettings.CHECKPOINT_SECONDS.require(checkpointSeconds);
    TrainingSettings.LEARNING_RATE.require(learningRate);
    TrainingSettings.WEIGHT_DECAY.require(weightDecay);
    TrainingSettings.ADAM_BETA1.require(adamBeta1);
    TrainingSettings.ADAM_BETA2.require(adamBeta2);
    TrainingSettings.ADAM_EPSILON.require(adamEpsilon);
    TrainingSettings.TEMPERATURE.require(temperature);
    TrainingSettings.CLIP.require(clip);
    TrainingSettings.DROPOUT.require(dropout);
    TrainingSettings.requireApart(method.name(), method.settings().declared());
  }

  /** The settings by name, as they are recorded in results and compared on resume. */
  public Map<String, Object> settings() {
    return TrainingSettings.recorded(this);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder with these values. */
  public Builder toBuilder() {
    return new Builder()
        .method(method)
        .epochs(epochs)
        .batching(batching)
        .accumulation(accumulation)
        .learningRate(learningRate)
        .schedule(schedule)
        .weightDecay(weightDecay)
        .adamBeta1(adamBeta1)
        .adamBeta2(adamBeta2)
        .adamEpsilon(adamEpsilon)
        .clip(clip)
        .dropout(dropout)
        .maxLength(maxLength)
        .headInput(headInput)
        .evaluateEvery(evaluateEvery)
        .patience(patience)
        .checkpointSeconds(checkpointSeconds)
        .checkpointLayers(checkpointLayers)
        .packing(packing)
        .seed(seed)
        .precision(precision)
        .startFrom(startFrom)
        .temperature(temperature);
  }

  /** Collects the values of a {@link TrainingConfig}; each method is named for its field. */
  public static final class Builder {

    private PromptMethod method =
        PTuningV2.ofLength(MethodSettings.LENGTH.byDefault().orElseThrow());
    private int epochs = byDefault(TrainingSettings.EPOCHS);
    private Batching batching = new FixedBatches(32);
    private int accumulation = byDefault(TrainingSettings.ACCUMULATION);
    private double learningRate = byDefault(TrainingSettings.LEARNING_RATE);
    private Schedule schedule =
        new Schedule(
            byDefault(TrainingSettings.SCHEDULE),
            byDefault(TrainingSettings.WARMUP),
            byDefault(TrainingSettings.DECAY_PER_EPOCH));
    private double weightDecay = byDefault(TrainingSettings.WEIGHT_DECAY);
    private double adamBeta1 = byDefault(TrainingSettings.ADAM_BETA1);
    private double adamBeta2 = byDefault(TrainingSettings.ADAM_BETA2);
    private double adamEpsilon = byDefault(TrainingSettings.ADAM_EPSILON);
    private double clip = byDefault(TrainingSettings.CLIP);
    private Optional<Double> dropout = Optional.empty();
    private int maxLength = byDefault(TrainingSettings.MAX_LENGTH);
    private Optional<SequenceInput> headInput = Optional.empty();
    private int evaluateEvery = byDefault(TrainingSettings.EVALUATE_EVERY);
    private int patience = byDefault(TrainingSettings.PATIENCE);
    private int checkpointSeconds = byDefault(TrainingSettings.CHECKPOINT_SECONDS);
    private boolean checkpointLayers = byDefault(TrainingSettings.CHECKPOINT_LAYERS);
    private boolean packing = byDefault(TrainingSettings.PACKING);
    private long seed = byDefault(TrainingSettings.SEED);
    private Precision precision = byDefault(TrainingSettings.PRECISION);
    private Optional<Path> startFrom = Optional.empty();
    private double temperature = byDefault(TrainingSettings.TEMPERATURE);

    private Builder() {}

    private static <T> T byDefault(Setting<T> setting) {
      return setting.byDefault().orElseThrow();
    }

    /** What is trained. */
    public Builder method(PromptMethod value) {
      method = value;
      return this;
    }

    /** Passes over the training data. */
    public Builder epochs(int value) {
      epochs = value;
      return this;
    }

    /** How rows are grouped. */
    public Builder batching(Batching value) {
      batching = value;
      return this;
    }

    /** Batches per step. */
    public Builder accumulation(int value) {
      accumulation = value;
      return this;
    }

    /** The peak learning rate. */
    public Builder learningRate(double value) {
      learningRate = value;
      return this;
    }

    /** How the learning rate moves. */
    public Builder schedule(Schedule value) {
      schedule = value;
      return this;
    }

    /** The course of the learning rate after the warm-up. */
    public Builder scheduleShape(Schedule.Shape value) {
      return schedule(new Schedule(value, schedule.warmupSteps(), schedule.decayPerEpoch()));
    }

    /** The steps in which the learning rate first rises. */
    public Builder warmupSteps(int value) {
      return schedule(new Schedule(schedule.shape(), value, schedule.decayPerEpoch()));
    }

    /** The factor per epoch of the exponential schedule. */
    public Builder decayPerEpoch(double value) {
      return schedule(new Schedule(schedule.shape(), schedule.warmupSteps(), value));
    }

    /** AdamW's decay. */
    public Builder weightDecay(double value) {
      weightDecay = value;
      return this;
    }

    /** AdamW's β₁. */
    public Builder adamBeta1(double value) {
      adamBeta1 = value;
      return this;
    }

    /** AdamW's β₂. */
    public Builder adamBeta2(double value) {
      adamBeta2 = value;
      return this;
    }

    /** AdamW's ε. */
    public Builder adamEpsilon(double value) {
      adamEpsilon = value;
      return this;
    }

    /** The largest norm of the gradient. */
    public Builder clip(double value) {
      clip = value;
      return this;
    }

    /** The backbone's and the head's dropout. */
    public Builder dropout(Optional<Double> value) {
      dropout = value;
      return this;
    }

    /** The longest text in tokens. */
    public Builder maxLength(int value) {
      maxLength = value;
      return this;
    }

    /** What the classifier reads. */
    public Builder headInput(Optional<SequenceInput> value) {
      headInput = value;
      return this;
    }

    /** Steps between evaluations; 0 for once per epoch. */
    public Builder evaluateEvery(int value) {
      evaluateEvery = value;
      return this;
    }

    /** Evaluations without a better one before stopping; 0 for never. */
    public Builder patience(int value) {
      patience = value;
      return this;
    }

    /** Seconds between checkpoints. */
    public Builder checkpointSeconds(int value) {
      checkpointSeconds = value;
      return this;
    }

    /** Whether layers are computed a second time in the backward pass instead of being kept. */
    public Builder checkpointLayers(boolean value) {
      checkpointLayers = value;
      return this;
    }

    /** Whether several training texts share a row. */
    public Builder packing(boolean value) {
      packing = value;
      return this;
    }

    /** The seed. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** The backbone's precision. */
    public Builder precision(Precision value) {
      precision = value;
      return this;
    }

    /** An earlier pack to start from. */
    public Builder startFrom(Optional<Path> value) {
      startFrom = value;
      return this;
    }

    /** The temperature of drawing among several data sets. */
    public Builder temperature(double value) {
      temperature = value;
      return this;
    }

    /**
     * The configuration.
     *
     * @throws InvalidInputException if a value is out of its range
     */
    public TrainingConfig build() {
      return new TrainingConfig(
          method,
          epochs,
          batching,
          accumulation,
          learningRate,
          schedule,
          weightDecay,
          adamBeta1,
          adamBeta2,
          adamEpsilon,
          clip,
          dropout,
          maxLength,
          headInput,
          evaluateEvery,
          patience,
          checkpointSeconds,
          checkpointLayers,
          packing,
          seed,
          precision,
          startFrom,
          temperature);
    }
  }
}
