package org.ptuning4j.train.config;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.batching.Batching.TokenBudget;

/**
 * A setting of a run and the field of {@link TrainingConfig} that holds it.
 *
 * @param setting the declaration
 * @param read the field's value; empty where it is not set
 * @param write puts a value into a builder
 */
record SettingBinding<T>(
    Setting<T> setting,
    Function<TrainingConfig, Optional<T>> read,
    BiConsumer<TrainingConfigBuilder, T> write) {

  /** Heads that the task brings, and not the checkpoint's states. */
  private static final List<String> OF_THE_TASK =
      List.of(TrainingSettings.AUTO, TrainingSettings.VERBALIZER, TrainingSettings.LANGUAGE_MODEL);

  /** Every setting of a run, in the order in which they are shown. */
  static final List<SettingBinding<?>> ALL =
      List.of(
          new SettingBinding<>(
              TrainingSettings.EPOCHS, TrainingConfig::epochs, TrainingConfigBuilder::epochs),
          new SettingBinding<>(
              TrainingSettings.STOP_AFTER,
              TrainingConfig::stopAfter,
              (builder, epoch) -> builder.stopAfter(Optional.of(epoch))),
          new SettingBinding<>(
              TrainingSettings.HOLD_OUT,
              config -> Optional.of(config.holdOut()),
              TrainingConfigBuilder::holdOut),
          new SettingBinding<>(
              TrainingSettings.TRAIN_ROWS,
              TrainingConfig::trainRows,
              (builder, rows) -> builder.trainRows(Optional.of(rows))),
          new SettingBinding<>(
              TrainingSettings.BATCH,
              config ->
                  config.batching() instanceof FixedBatches fixed
                      ? Optional.of(fixed.rows())
                      : Optional.empty(),
              (builder, rows) -> builder.batching(new FixedBatches(rows))),
          new SettingBinding<>(
              TrainingSettings.TOKENS,
              config ->
                  config.batching() instanceof TokenBudget budget
                      ? Optional.of(budget.tokens())
                      : Optional.empty(),
              (builder, tokens) -> builder.batching(new TokenBudget(tokens))),
          new SettingBinding<>(
              TrainingSettings.ACCUMULATION,
              config -> Optional.of(config.accumulation()),
              TrainingConfigBuilder::accumulation),
          new SettingBinding<>(
              TrainingSettings.LEARNING_RATE,
              config ->
                  Optional.of(
                      config.searchesRate()
                          ? Optional.empty()
                          : Optional.of(config.learningRate())),
              SettingBinding::rate),
          new SettingBinding<>(
              TrainingSettings.HEAD_LEARNING_RATE,
              TrainingConfig::headLearningRate,
              (builder, rate) -> builder.headLearningRate(Optional.of(rate))),
          new SettingBinding<>(
              TrainingSettings.SCHEDULE,
              config -> Optional.of(config.schedule().shape()),
              TrainingConfigBuilder::scheduleShape),
          new SettingBinding<>(
              Warmup.SETTING,
              config -> Optional.of(config.schedule().warmup()),
              TrainingConfigBuilder::warmup),
          new SettingBinding<>(
              TrainingSettings.DECAY_PER_EPOCH,
              config -> Optional.of(config.schedule().decayPerEpoch()),
              TrainingConfigBuilder::decayPerEpoch),
          new SettingBinding<>(
              TrainingSettings.WEIGHT_DECAY,
              config -> Optional.of(config.weightDecay()),
              TrainingConfigBuilder::weightDecay),
          new SettingBinding<>(
              TrainingSettings.ADAM_BETA1,
              config -> Optional.of(config.adamBeta1()),
              TrainingConfigBuilder::adamBeta1),
          new SettingBinding<>(
              TrainingSettings.ADAM_BETA2,
              config -> Optional.of(config.adamBeta2()),
              TrainingConfigBuilder::adamBeta2),
          new SettingBinding<>(
              TrainingSettings.ADAM_EPSILON,
              config -> Optional.of(config.adamEpsilon()),
              TrainingConfigBuilder::adamEpsilon),
          new SettingBinding<>(
              TrainingSettings.CLIP,
              config -> Optional.of(config.clip()),
              TrainingConfigBuilder::clip),
          new SettingBinding<>(
              TrainingSettings.DROPOUT,
              TrainingConfig::dropout,
              (builder, rate) -> builder.dropout(Optional.of(rate))),
          new SettingBinding<>(
              Regularisation.LABEL_SMOOTHING,
              config -> Optional.of(config.regularisation().labelSmoothing()),
              TrainingConfigBuilder::labelSmoothing),
          new SettingBinding<>(
              Regularisation.R_DROP,
              config -> Optional.of(config.regularisation().rDrop()),
              TrainingConfigBuilder::rDrop),
          new SettingBinding<>(
              Averaging.DECAY,
              config -> Optional.of(config.averaging().decay()),
              (builder, decay) -> builder.averaging(new Averaging(decay))),
          new SettingBinding<>(
              TrainingSettings.MAX_LENGTH,
              config -> Optional.of(config.maxLength()),
              TrainingConfigBuilder::maxLength),
          new SettingBinding<>(
              TrainingSettings.HEAD,
              config ->
                  Optional.of(
                      config.headInput().map(SequenceInput::label).orElse(TrainingSettings.AUTO)),
              SettingBinding::head),
          new SettingBinding<>(
              TrainingSettings.TAG_HEAD,
              TrainingConfig::tagHead,
              (builder, kind) -> builder.tagHead(Optional.of(kind))),
          new SettingBinding<>(
              TrainingSettings.READ_LAYER,
              TrainingConfig::readLayer,
              (builder, layer) -> builder.readLayer(Optional.of(layer))),
          new SettingBinding<>(
              TrainingSettings.EVALUATE_EVERY,
              config -> Optional.of(config.evaluateEvery()),
              TrainingConfigBuilder::evaluateEvery),
          new SettingBinding<>(
              TrainingSettings.PATIENCE,
              config -> Optional.of(config.patience()),
              TrainingConfigBuilder::patience),
          new SettingBinding<>(
              TrainingSettings.MIN_DELTA,
              config -> Optional.of(config.minDelta()),
              TrainingConfigBuilder::minDelta),
          new SettingBinding<>(
              TrainingSettings.CHECKPOINT_SECONDS,
              config -> Optional.of(config.checkpointSeconds()),
              TrainingConfigBuilder::checkpointSeconds),
          new SettingBinding<>(
              TrainingSettings.CHECKPOINT_LAYERS,
              config -> Optional.of(config.checkpointLayers()),
              TrainingConfigBuilder::checkpointLayers),
          new SettingBinding<>(
              TrainingSettings.PACKING,
              config -> Optional.of(config.packing()),
              TrainingConfigBuilder::packing),
          new SettingBinding<>(
              TrainingSettings.CACHE,
              config -> Optional.of(config.cache()),
              TrainingConfigBuilder::cache),
          new SettingBinding<>(
              TrainingSettings.SEED,
              config -> Optional.of(config.seed()),
              TrainingConfigBuilder::seed),
          new SettingBinding<>(
              TrainingSettings.RESTARTS,
              config -> Optional.of(config.restarts()),
              TrainingConfigBuilder::restarts),
          new SettingBinding<>(
              TrainingSettings.PRECISION,
              config -> Optional.of(config.precision()),
              TrainingConfigBuilder::precision),
          new SettingBinding<>(
              TrainingSettings.START_FROM,
              TrainingConfig::startFrom,
              (builder, pack) -> builder.startFrom(Optional.of(pack))),
          new SettingBinding<>(
              TrainingSettings.TEMPERATURE,
              config -> Optional.of(config.temperature()),
              TrainingConfigBuilder::temperature));

  SettingValues record(TrainingConfig config, SettingValues values) {
    return values.with(setting, read.apply(config));
  }

  void apply(SettingValues values, TrainingConfigBuilder builder) {
    values.given(setting).ifPresent(value -> write.accept(builder, value));
  }

  private static void rate(TrainingConfigBuilder builder, Optional<Double> rate) {
    builder.searchesRate(rate.isEmpty());
    rate.ifPresent(builder::learningRate);
  }

  private static void head(TrainingConfigBuilder builder, String head) {
    if (!OF_THE_TASK.contains(head)) {
      builder.headInput(Optional.of(SequenceInput.parse(head)));
    }
  }
}
