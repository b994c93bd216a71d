package org.ptuning4j.train.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching;

/**
 * How a run trains. Built with {@link #builder()}; every field has a default that suits P-Tuning v2
 * on a few thousand examples.
 *
 * @param method what is trained
 * @param epochs passes over the training data, 1 or more; empty for as many as fit their size
 * @param stopAfter the epoch after which it ends, as if it were interrupted; empty for the last
 * @param holdOut the share of the training rows that is evaluated on in place of other data; 0 for
 *     none
 * @param trainRows how many of the other training rows are trained on; empty for all
 * @param batching how rows are grouped
 * @param accumulation batches whose gradients make one step, weighed by what their losses count
 * @param learningRate the peak learning rate
 * @param searchesRate whether the peak is found by a range test before the first step
 * @param headLearningRate the peak learning rate of the head; empty for that of all
 * @param schedule how it moves
 * @param weightDecay AdamW's decoupled decay
 * @param adamBeta1 how much of the gradients' running mean AdamW keeps at each step, in [0, 1)
 * @param adamBeta2 how much of the running mean of their squares it keeps, in [0, 1)
 * @param adamEpsilon what it adds to the root of the squares, more than 0
 * @param clip the largest norm of the gradient; 0 for no clipping
 * @param dropout the backbone's and the head's dropout in training; empty for the checkpoint's own
 * @param regularisation what is added to the loss in training
 * @param averaging whether a moving average of the trained values is evaluated too
 * @param maxLength the longest text in tokens, special tokens included; longer ones are cut
 * @param headInput what the classifier reads; empty to let the checkpoint decide
 * @param tagHead what scores the tags of words; empty for the usual where there are any
 * @param readLayer how many of the lowest layers there are for prompt and head; empty to let the
 *     checkpoint and the task decide
 * @param evaluateEvery evaluate after so many steps; 0 for once per epoch
 * @param patience stop after so many evaluations without a better one; 0 for never
 * @param minDelta by how much the deciding metric must rise for an evaluation to count as better in
 *     this
 * @param checkpointSeconds save the state for resuming at least this often; evaluations always save
 *     it
 * @param checkpointLayers whether layers are computed a second time in the backward pass instead of
 *     being kept
 * @param packing whether several training texts share a row
 * @param cache what becomes of states that are the same in every epoch
 * @param seed of every random choice
 * @param restarts how many starts with different seeds race for the one that is trained, 1 or more
 * @param precision of the frozen backbone
 * @param startFrom the folder of an earlier pack whose prompt is the start of this one's
 * @param temperature T of drawing among several data sets, each with probability ∝ n^(1/T), 1 or
 *     more
 */
public record TrainingConfig(
    PromptMethod method,
    Optional<Integer> epochs,
    Optional<Integer> stopAfter,
    double holdOut,
    Optional<Integer> trainRows,
    Batching batching,
    int accumulation,
    double learningRate,
    boolean searchesRate,
    Optional<Double> headLearningRate,
    Schedule schedule,
    double weightDecay,
    double adamBeta1,
    double adamBeta2,
    double adamEpsilon,
    double clip,
    Optional<Double> dropout,
    Regularisation regularisation,
    Averaging averaging,
    int maxLength,
    Optional<SequenceInput> headInput,
    Optional<TagHead> tagHead,
    Optional<Integer> readLayer,
    int evaluateEvery,
    int patience,
    double minDelta,
    int checkpointSeconds,
    boolean checkpointLayers,
    boolean packing,
    StateCaching cache,
    long seed,
    int restarts,
    Precision precision,
    Optional<StartFrom> startFrom,
    double temperature) {

  /** Checks the ranges, and that the method's settings have other names than the run's. */
  public TrainingConfig {
    TrainingSettings.EPOCHS.require(epochs);
    TrainingSettings.STOP_AFTER.require(stopAfter);
    TrainingSettings.HOLD_OUT.require(holdOut);
    TrainingSettings.TRAIN_ROWS.require(trainRows);
    TrainingSettings.ACCUMULATION.require(accumulation);
    TrainingSettings.MAX_LENGTH.require(maxLength);
    TrainingSettings.EVALUATE_EVERY.require(evaluateEvery);
    TrainingSettings.PATIENCE.require(patience);
    TrainingSettings.MIN_DELTA.require(minDelta);
    TrainingSettings.HEAD_LEARNING_RATE.require(headLearningRate);
    TrainingSettings.CHECKPOINT_SECONDS.require(checkpointSeconds);
    TrainingSettings.LEARNING_RATE.require(Optional.of(learningRate));
    TrainingSettings.WEIGHT_DECAY.require(weightDecay);
    TrainingSettings.ADAM_BETA1.require(adamBeta1);
    TrainingSettings.ADAM_BETA2.require(adamBeta2);
    TrainingSettings.ADAM_EPSILON.require(adamEpsilon);
    TrainingSettings.TEMPERATURE.require(temperature);
    TrainingSettings.RESTARTS.require(restarts);
    TrainingSettings.CLIP.require(clip);
    TrainingSettings.DROPOUT.require(dropout);
    TrainingSettings.READ_LAYER.require(readLayer);
    if (readLayer.isPresent() && method.trainsBackbone()) {
      throw InvalidInputException.of(
          "%s: %s trains the whole model; only a frozen one can be read below its last layer",
          new SettingName("read-layer"), method.name());
    }
    TrainingSettings.requireApart(method.name(), method.settings().declared());
  }

  /** The settings by name, as they are recorded in results and compared on resume. */
  public Map<String, Object> settings() {
    return TrainingSettings.recorded(this);
  }

  /**
   * The same with a number of epochs, the usual one where none is given.
   *
   * @param batches those of an epoch
   */
  public TrainingConfig over(int batches) {
    return epochs.isPresent() ? this : toBuilder().epochs(UsualEpochs.of(this, batches)).build();
  }

  /** What scores tags, where there are any: what was chosen, or the method's usual one. */
  public TagHead usedTagHead() {
    return tagHead.orElseGet(() -> TagHead.usual(method.trainsBackbone()));
  }

  /**
   * The same.
   *
   * @throws InvalidInputException if a setting means nothing to a task
   */
  public TrainingConfig forTask(Task<?> task) {
    if (tagHead.isPresent() && !task.answersWords()) {
      throw InvalidInputException.of(
          "%s: task '%s' (%s) gives words no tags; leave it out",
          new SettingName("tag-head"), task.name(), task.kind());
    }
    return this;
  }

  /**
   * What the settings that are left open come to, in words: runs of versions in which they come to
   * something else are different ones. Empty where none is open.
   *
   * @param tags whether words are tagged
   */
  public String openRules(boolean tags) {
    List<String> rules = new ArrayList<>();
    if (epochs.isEmpty()) {
      rules.add("epochs: " + UsualEpochs.IN_WORDS);
    }
    if (tags && tagHead.isEmpty()) {
      rules.add("tag_head: " + usedTagHead().label());
    }
    if (readLayer.isEmpty() && !method.trainsBackbone()) {
      rules.add("read_layer: " + EmbeddingPooling.TOKEN_LAYER);
    }
    if (!method.openRules().isEmpty()) {
      rules.add(method.openRules());
    }
    return String.join("; ", rules);
  }

  /**
   * The epochs of the whole run.
   *
   * @throws IllegalStateException if they depend on data that have not been looked at; see {@link
   *     #over}
   */
  public int allEpochs() {
    return epochs.orElseThrow(() -> new IllegalStateException("epochs depend on the data"));
  }

  /** The epochs that are made: all, or those before it is to stop. */
  public int epochsMade() {
    return Math.min(allEpochs(), stopAfter.orElse(allEpochs()));
  }

  /** A builder with the defaults. */
  public static TrainingConfigBuilder builder() {
    return new TrainingConfigBuilder();
  }

  /** A builder with these values. */
  public TrainingConfigBuilder toBuilder() {
    TrainingConfigBuilder builder = new TrainingConfigBuilder();
    epochs.ifPresent(builder::epochs);
    return builder
        .method(method)
        .stopAfter(stopAfter)
        .holdOut(holdOut)
        .trainRows(trainRows)
        .batching(batching)
        .accumulation(accumulation)
        .learningRate(learningRate)
        .searchesRate(searchesRate)
        .headLearningRate(headLearningRate)
        .schedule(schedule)
        .weightDecay(weightDecay)
        .adamBeta1(adamBeta1)
        .adamBeta2(adamBeta2)
        .adamEpsilon(adamEpsilon)
        .clip(clip)
        .dropout(dropout)
        .regularisation(regularisation)
        .averaging(averaging)
        .maxLength(maxLength)
        .headInput(headInput)
        .tagHead(tagHead)
        .readLayer(readLayer)
        .evaluateEvery(evaluateEvery)
        .patience(patience)
        .minDelta(minDelta)
        .checkpointSeconds(checkpointSeconds)
        .checkpointLayers(checkpointLayers)
        .packing(packing)
        .cache(cache)
        .seed(seed)
        .restarts(restarts)
        .precision(precision)
        .startFrom(startFrom)
        .temperature(temperature);
  }
}
