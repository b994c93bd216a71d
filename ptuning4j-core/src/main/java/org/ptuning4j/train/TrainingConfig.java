package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Batching.FixedBatches;
import org.ptuning4j.train.Batching.TokenBudget;

/**
 * How a run trains. Built with {@link #builder()}; every field has a default that suits P-Tuning v2
 * on a few thousand examples.
 *
 * @param method what is trained
 * @param epochs passes over the training data, 1 or more
 * @param batching how rows are grouped
 * @param accumulation batches whose gradients are averaged into one step
 * @param learningRate the peak learning rate
 * @param schedule how it moves
 * @param weightDecay AdamW's decoupled decay
 * @param clip the largest norm of the gradient; 0 for no clipping
 * @param dropout the backbone's and the head's dropout in training; empty for the checkpoint's own
 * @param maxLength the longest text in tokens, special tokens included; longer ones are cut
 * @param headInput what the classifier reads; empty to let the checkpoint decide
 * @param evaluateEvery evaluate after so many steps; 0 for once per epoch
 * @param patience stop after so many evaluations without a better one; 0 for never
 * @param checkpointSeconds save the state for resuming at least this often; evaluations always save
 *     it
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
    double clip,
    Optional<Double> dropout,
    int maxLength,
    Optional<SequenceHeadSpec.Input> headInput,
    int evaluateEvery,
    int patience,
    int checkpointSeconds,
    long seed,
    Precision precision,
    Optional<Path> startFrom,
    double temperature) {

  /** Checks the ranges. */
  public TrainingConfig {
    atLeast("epochs", epochs, 1);
    atLeast("accumulation", accumulation, 1);
    atLeast("max-length", maxLength, 3);
    atLeast("evaluate-every", evaluateEvery, 0);
    atLeast("patience", patience, 0);
    atLeast("checkpoint-seconds", checkpointSeconds, 1);
    if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw InvalidInputException.of(
          "lr: %s must be a positive number, such as 5e-3", learningRate);
    }
    if (!(weightDecay >= 0 && weightDecay < 1)) {
      throw InvalidInputException.of("weight-decay: %s must lie in [0, 1)", weightDecay);
    }
    if (!(temperature >= 1 && temperature < Double.POSITIVE_INFINITY)) {
      throw InvalidInputException.of("temperature: %s must be 1 or more", temperature);
    }
    if (!(clip >= 0)) {
      throw InvalidInputException.of("clip: %s must be 0 or more", clip);
    }
    if (dropout.isPresent() && !(dropout.get() >= 0 && dropout.get() < 1)) {
      throw InvalidInputException.of("dropout: %s must lie in [0, 1)", dropout.get());
    }
  }

  private static void atLeast(String field, int value, int least) {
    if (value < least) {
      throw InvalidInputException.of("%s: %d must be %d or more", field, value, least);
    }
  }

  /** The settings by name, as they are recorded in results and compared on resume. */
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("method", method.name());
    settings.putAll(method.settings());
    settings.put("epochs", epochs);
    settings.put("batch", batching instanceof FixedBatches fixed ? fixed.rows() : null);
    settings.put("tokens", batching instanceof TokenBudget budget ? budget.tokens() : null);
    settings.put("accumulation", accumulation);
    settings.put("lr", learningRate);
    settings.put("schedule", schedule.shape().label());
    settings.put("warmup", schedule.warmupSteps());
    settings.put("decay_per_epoch", schedule.decayPerEpoch());
    settings.put("weight_decay", weightDecay);
    settings.put("clip", clip);
    settings.put("dropout", dropout.orElse(null));
    settings.put("max_length", maxLength);
    settings.put("head", headInput.map(SequenceHeadSpec.Input::label).orElse("auto"));
    settings.put("evaluate_every", evaluateEvery);
    settings.put("patience", patience);
    settings.put("seed", seed);
    settings.put("precision", precision.label());
    settings.put("start_from", startFrom.map(Path::toString).orElse(null));
    settings.put("temperature", temperature);
    return settings;
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
        .clip(clip)
        .dropout(dropout)
        .maxLength(maxLength)
        .headInput(headInput)
        .evaluateEvery(evaluateEvery)
        .patience(patience)
        .checkpointSeconds(checkpointSeconds)
        .seed(seed)
        .precision(precision)
        .startFrom(startFrom)
        .temperature(temperature);
  }

  /** Collects the values of a {@link TrainingConfig}; each method is named for its field. */
  public static final class Builder {

    private PromptMethod method = PTuningV2.ofLength(20);
    private int epochs = 10;
    private Batching batching = new FixedBatches(32);
    private int accumulation = 1;
    private double learningRate = 1e-2;
    private Schedule schedule = Schedule.linear();
    private double weightDecay;
    private double clip = 1;
    private Optional<Double> dropout = Optional.empty();
    private int maxLength = 128;
    private Optional<SequenceHeadSpec.Input> headInput = Optional.empty();
    private int evaluateEvery;
    private int patience;
    private int checkpointSeconds = 60;
    private long seed = 11;
    private Precision precision = Precision.AUTO;
    private Optional<Path> startFrom = Optional.empty();
    private double temperature = 1;

    private Builder() {}

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

    /** AdamW's decay. */
    public Builder weightDecay(double value) {
      weightDecay = value;
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
    public Builder headInput(Optional<SequenceHeadSpec.Input> value) {
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
          clip,
          dropout,
          maxLength,
          headInput,
          evaluateEvery,
          patience,
          checkpointSeconds,
          seed,
          precision,
          startFrom,
          temperature);
    }
  }
}
