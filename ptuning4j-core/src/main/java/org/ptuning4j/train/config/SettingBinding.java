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
    BiConsumer<TrainingConfig.Builder, T> write) {

  /** Heads that the task brings, and not the checkpoint's states. */
  private static final List<String> OF_THE_TASK =
      List.of(TrainingSettings.AUTO, TrainingSettings.VERBALIZER, TrainingSettings.LANGUAGE_MODEL);

  /** Every setting of a run, in the order in which they are shown. */
  static final List<SettingBinding<?>> ALL =
      List.of(
          new SettingBinding<>(
              TrainingSettings.EPOCHS,
              config -> Optional.of(config.epochs()),
              TrainingConfig.Builder::epochs),
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
              TrainingConfig.Builder::accumulation),
          new SettingBinding<>(
              TrainingSettings.LEARNING_RATE,
              config -> Optional.of(config.learningRate()),
              TrainingConfig.Builder::learningRate),
          new SettingBinding<>(
              TrainingSettings.SCHEDULE,
              config -> Optional.of(config.schedule().shape()),
              TrainingConfig.Builder::scheduleShape),
          new SettingBinding<>(
              TrainingSettings.WARMUP,
              config -> Optional.of(config.schedule().warmupSteps()),
              TrainingConfig.Builder::warmupSteps),
          new SettingBinding<>(
              TrainingSettings.DECAY_PER_EPOCH,
              config -> Optional.of(config.schedule().decayPerEpoch()),
              TrainingConfig.Builder::decayPerEpoch),
          new SettingBinding<>(
              TrainingSettings.WEIGHT_DECAY,
              config -> Optional.of(config.weightDecay()),
              TrainingConfig.Builder::weightDecay),
          new SettingBinding<>(
              TrainingSettings.ADAM_BETA1,
              config -> Optional.of(config.adamBeta1()),
              TrainingConfig.Builder::adamBeta1),
          new SettingBinding<>(
              TrainingSettings.ADAM_BETA2,
              config -> Optional.of(config.adamBeta2()),
              TrainingConfig.Builder::adamBeta2),
          new SettingBinding<>(
              TrainingSettings.ADAM_EPSILON,
              config -> Optional.of(config.adamEpsilon()),
              TrainingConfig.Builder::adamEpsilon),
          new SettingBinding<>(
              TrainingSettings.CLIP,
              config -> Optional.of(config.clip()),
              TrainingConfig.Builder::clip),
          new SettingBinding<>(
              TrainingSettings.DROPOUT,
              TrainingConfig::dropout,
              (builder, rate) -> builder.dropout(Optional.of(rate))),
          new SettingBinding<>(
              TrainingSettings.MAX_LENGTH,
              config -> Optional.of(config.maxLength()),
              TrainingConfig.Builder::maxLength),
          new SettingBinding<>(
              TrainingSettings.HEAD,
              config ->
                  Optional.of(
                      config.headInput().map(SequenceInput::label).orElse(TrainingSettings.AUTO)),
              SettingBinding::head),
          new SettingBinding<>(
              TrainingSettings.EVALUATE_EVERY,
              config -> Optional.of(config.evaluateEvery()),
              TrainingConfig.Builder::evaluateEvery),
          new SettingBinding<>(
              TrainingSettings.PATIENCE,
              config -> Optional.of(config.patience()),
              TrainingConfig.Builder::patience),
          new SettingBinding<>(
              TrainingSettings.CHECKPOINT_SECONDS,
              config -> Optional.of(config.checkpointSeconds()),
              TrainingConfig.Builder::checkpointSeconds),
          new SettingBinding<>(
              TrainingSettings.CHECKPOINT_LAYERS,
              config -> Optional.of(config.checkpointLayers()),
              TrainingConfig.Builder::checkpointLayers),
          new SettingBinding<>(
              TrainingSettings.PACKING,
              config -> Optional.of(config.packing()),
              TrainingConfig.Builder::packing),
          new SettingBinding<>(
              TrainingSettings.SEED,
              config -> Optional.of(config.seed()),
              TrainingConfig.Builder::seed),
          new SettingBinding<>(
              TrainingSettings.PRECISION,
              config -> Optional.of(config.precision()),
              TrainingConfig.Builder::precision),
          new SettingBinding<>(
              TrainingSettings.START_FROM,
              TrainingConfig::startFrom,
              (builder, pack) -> builder.startFrom(Optional.of(pack))),
          new SettingBinding<>(
              TrainingSettings.TEMPERATURE,
              config -> Optional.of(config.temperature()),
              TrainingConfig.Builder::temperature));

  SettingValues record(TrainingConfig config, SettingValues values) {
    return values.with(setting, read.apply(config));
  }

  void apply(SettingValues values, TrainingConfig.Builder builder) {
    values.given(setting).ifPresent(value -> write.accept(builder, value));
  }

  private static void head(TrainingConfig.Builder builder, String head) {
    if (!OF_THE_TASK.contains(head)) {
      builder.headInput(Optional.of(SequenceInput.parse(head)));
    }
  }
}
