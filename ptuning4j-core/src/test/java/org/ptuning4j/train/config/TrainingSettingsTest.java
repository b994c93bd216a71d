package org.ptuning4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;
import org.ptuning4j.tensor.engine.Precision;

/** A run's declared settings are the fields of its configuration, each of them. */
class TrainingSettingsTest {

  /** A value for each setting that differs from its default. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("epochs", "3"),
          Map.entry("stop-after", "2"),
          Map.entry("hold-out", "0.25"),
          Map.entry("train-rows", "80"),
          Map.entry("batch", "7"),
          Map.entry("tokens", "500"),
          Map.entry("accumulation", "2"),
          Map.entry("lr", "0.125"),
          Map.entry("head-lr", "0.0625"),
          Map.entry("schedule", "exponential"),
          Map.entry("warmup", "5"),
          Map.entry("decay-per-epoch", "0.5"),
          Map.entry("weight-decay", "0.25"),
          Map.entry("adam-beta1", "0.8"),
          Map.entry("adam-beta2", "0.95"),
          Map.entry("adam-epsilon", "1e-4"),
          Map.entry("clip", "2.5"),
          Map.entry("dropout", "0.375"),
          Map.entry("label-smoothing", "0.1"),
          Map.entry("r-drop", "0.5"),
          Map.entry("ema", "auto"),
          Map.entry("max-length", "64"),
          Map.entry("head", "dense"),
          Map.entry("tag-head", "softmax"),
          Map.entry("read-layer", "3"),
          Map.entry("evaluate-every", "9"),
          Map.entry("patience", "4"),
          Map.entry("min-delta", "0.01"),
          Map.entry("checkpoint-seconds", "30"),
          Map.entry("checkpoint-layers", "true"),
          Map.entry("packing", "true"),
          Map.entry("cache", "off"),
          Map.entry("seed", "77"),
          Map.entry("restarts", "3"),
          Map.entry("precision", "fp32"),
          Map.entry("start-from", "earlier/pack"),
          Map.entry("temperature", "2.0"));

  private static TrainingConfig config(Map<String, String> given) {
    SettingValues values = SettingValues.of(TrainingSettings.all());
    for (Setting<?> setting : TrainingSettings.all()) {
      if (given.containsKey(setting.name())) {
        values = values.withText(setting, given.get(setting.name()));
      }
    }
    TrainingConfigBuilder builder = TrainingConfig.builder();
    TrainingSettings.apply(values, builder);
    return builder.build();
  }

  @Test
  void everySettingReachesItsFieldAndIsRecorded() {
    assertThat(OTHERS.keySet())
        .containsExactlyInAnyOrderElementsOf(
            TrainingSettings.all().stream().<String>map(Setting::name).toList());
    TrainingConfig usual = TrainingConfig.builder().build();
    for (Setting<?> setting : TrainingSettings.all()) {
      Map<String, String> given = new LinkedHashMap<>();
      given.put(setting.name(), OTHERS.get(setting.name()));
      if (setting.name().equals(TrainingSettings.DECAY_PER_EPOCH.name())) {
        given.put("schedule", "exponential");
      }
      if (setting.name().equals(TrainingSettings.MIN_DELTA.name())) {
        given.put("patience", "1");
      }
      TrainingConfig other = config(given);
      assertThat(other).as(setting.name()).isNotEqualTo(usual);
      Object recorded = TrainingSettings.of(other).toMap().get(setting.key());
      Object asked = plain(setting, OTHERS.get(setting.name()));
      assertThat(recorded).as(setting.name()).isEqualTo(asked);
      assertThat(TrainingSettings.of(usual).toMap().get(setting.key())).isNotEqualTo(asked);
      assertThat(other.toBuilder().build()).as("copy of " + setting.name()).isEqualTo(other);
    }
  }

  @Test
  void aRateThatIsSearchedForIsRecordedAsSuch() {
    TrainingConfig searching = config(Map.of("lr", "auto"));
    assertThat(searching.searchesRate()).isTrue();
    assertThat(searching.settings()).containsEntry("lr", "auto");
    assertThat(config(Map.of("lr", "1e-3")).searchesRate()).isFalse();
    assertThatThrownBy(() -> config(Map.of("lr", "0")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lr: 0 must be more than 0, or auto");
    assertThatThrownBy(() -> config(Map.of("lr", "automatic")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'automatic' is not a number or auto");
  }

  private static <T> Object plain(Setting<T> setting, String text) {
    return setting.values().plain(setting.read(text));
  }

  @Test
  void theFieldsThemselves() {
    TrainingConfig other =
        config(
            Map.of(
                "adam-beta1", "0.8",
                "adam-beta2", "0.95",
                "adam-epsilon", "1e-4",
                "weight-decay", "0.25",
                "head", "first-token",
                "start-from", "a/b",
                "precision", "bf16"));
    assertThat(other.adamBeta1()).isEqualTo(0.8);
    assertThat(other.adamBeta2()).isEqualTo(0.95);
    assertThat(other.adamEpsilon()).isEqualTo(1e-4);
    assertThat(other.weightDecay()).isEqualTo(0.25);
    assertThat(other.headInput()).contains(SequenceInput.FIRST_TOKEN);
    assertThat(other.startFrom()).isEqualTo(Optional.of(StartFrom.pack(Path.of("a/b"))));
    assertThat(other.precision()).isEqualTo(Precision.BF16);
  }

  @Test
  void theDefaultsOfTheDeclarationsAreThoseOfTheConfiguration() {
    TrainingConfig usual = TrainingConfig.builder().build();
    Map<String, Object> recorded = TrainingSettings.of(usual).toMap();
    for (Setting<?> setting : TrainingSettings.all()) {
      if (setting.byDefault().isPresent()) {
        assertThat(recorded.get(setting.key())).as(setting.name()).isEqualTo(plainDefault(setting));
      }
    }
    assertThat(recorded).containsEntry("batch", 32);
  }

  private static <T> Object plainDefault(Setting<T> setting) {
    return setting.values().plain(setting.byDefault().orElseThrow());
  }

  @Test
  void resultsRecordTheMethodsSettingsAndTheRuns() {
    Map<String, Object> recorded =
        TrainingConfig.builder().method(PTuningV2.asPublished(4)).build().settings();
    assertThat(recorded)
        .containsEntry("method", "p-tuning-v2")
        .containsEntry("prompt_length", 4)
        .containsEntry("adam_beta2", 0.999)
        .containsEntry("adam_epsilon", 1e-8)
        .doesNotContainKeys("checkpoint_seconds", "checkpoint_layers");
    int own = PTuningV2.asPublished(4).settings().declared().size();
    assertThat(recorded).hasSize(1 + own + TrainingSettings.all().size() - 2);
  }

  @Test
  void contradictionsAreRefused() {
    assertThatThrownBy(() -> config(Map.of("batch", "4", "tokens", "100")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("batch: set batch or tokens, not both");
    assertThatThrownBy(() -> config(Map.of("decay-per-epoch", "0.5", "schedule", "cosine")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("decay-per-epoch: the cosine schedule");
  }

  @Test
  void noMethodOfTheLibraryHasASettingOfARunsName() {
    PromptMethods.installed().all().forEach(TrainingSettings::requireApart);
  }

  /** A method whose setting would be overwritten by the run's in every record. */
  private record Clashing(double dropout) implements PromptMethod {

    static final Setting<Double> DROPOUT = Setting.of("dropout", Values.shares(), 0d, "Mine.");

    @Override
    public String name() {
      return "clashing";
    }

    @Override
    public long parameterCount(BackboneSpec spec) {
      return 0;
    }

    @Override
    public PromptModule create(PromptContext context) {
      throw new IllegalStateException("never made");
    }

    @Override
    public LearningRates learningRates() {
      return new LearningRates(1, 1, 1);
    }

    @Override
    public SettingValues settings() {
      return SettingValues.of(List.of(DROPOUT)).with(DROPOUT, dropout);
    }
  }

  @Test
  void aMethodsSettingOfARunsNameIsRefusedAndBothAreNamed() {
    assertThatThrownBy(() -> TrainingConfig.builder().method(new Clashing(0.5)).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("method clashing: its setting 'dropout'")
        .hasMessageContaining("the run's setting 'dropout'")
        .hasMessageContaining("'clashing-dropout'");
    MethodDeclaration declared =
        new MethodDeclaration(
            "clashing",
            List.of(Clashing.DROPOUT),
            values -> new Clashing(values.get(Clashing.DROPOUT)));
    assertThatThrownBy(() -> TrainingSettings.requireApart(declared))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'dropout'");
  }
}
