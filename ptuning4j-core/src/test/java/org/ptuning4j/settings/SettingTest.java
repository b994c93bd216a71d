package org.ptuning4j.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;

/** A declaration reads, checks and records the values of its setting. */
class SettingTest {

  private static final Setting<Integer> EPOCHS =
      Setting.of("epochs", Values.atLeast(1), 10, "Passes.");
  private static final Setting<Integer> LAYERS =
      Setting.of("encoder-layers", Values.between(1, 4), 2, "Layers.");
  private static final Setting<Double> BETA = Setting.of("beta", Values.shares(), 0.9, "Kept.");
  private static final Setting<Double> DECAY = Setting.of("decay", Values.upTo(1), 1d, "Factor.");
  private static final Setting<Double> EPSILON =
      Setting.of("epsilon", Values.above(0), 1e-8, "Added.");
  private static final Setting<Double> CLIP = Setting.of("clip", Values.fromNumber(0), 1d, "Norm.");
  private static final Setting<Long> SEED =
      Setting.of("seed", Values.anyWholeNumber(), 11L, "Seed.");
  private static final Setting<Boolean> DEEP =
      Setting.of("deep", Values.flags(), false, "Offsets.");
  private static final Setting<String> SHAPE =
      Setting.of("shape", Values.choice("S", List.of("linear", "cosine")), "linear", "Course.");
  private static final Setting<Integer> WIDTH =
      Setting.unset("prompt-width", Values.atLeast(1), "none", "Width.").calledWithin("width");

  private static final List<Setting<?>> ALL =
      List.of(EPOCHS, LAYERS, BETA, DECAY, EPSILON, CLIP, SEED, DEEP, SHAPE, WIDTH);

  @ParameterizedTest
  @CsvSource({
    "epochs, 1",
    "epochs, 2147483647",
    "encoder-layers, 1",
    "encoder-layers, 4",
    "beta, 0",
    "beta, 0.9999",
    "decay, 1",
    "decay, 1e-3",
    "epsilon, 1E-12",
    "clip, 0",
    "clip, .5",
    "seed, -9223372036854775808",
    "deep, true",
    "shape, cosine",
    "prompt-width, 3"
  })
  void takesWhatIsAllowed(String name, String text) {
    Setting<?> setting = named(name);
    assertThat(String.valueOf(read(setting, text))).isEqualToIgnoringCase(canonical(text));
  }

  /** Numbers come back as Java writes them; the others as they were. */
  private static String canonical(String text) {
    return text.matches("-?\\d+|[a-z]+") ? text : String.valueOf(Double.parseDouble(text));
  }

  private static <T> Object read(Setting<T> setting, String text) {
    Object plain = setting.values().plain(setting.read(text));
    return plain instanceof Double number && text.matches("\\d+") ? number.longValue() : plain;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epochs | 0 | epochs: 0 must be 1 or more",
        "epochs | 1.5 | epochs: '1.5' is not a whole number",
        "epochs | 3000000000 | epochs: '3000000000' is not a whole number",
        "encoder-layers | 5 | encoder-layers: 5 must be 1 to 4",
        "beta | 1 | beta: 1 must lie in [0, 1)",
        "beta | -0.1 | beta: -0.1 must lie in [0, 1)",
        "beta | NaN | beta: 'NaN' is not a number",
        "beta | 0.5f | beta: '0.5f' is not a number",
        "beta | 0,5 | beta: '0,5' is not a number",
        "decay | 0 | decay: 0 must lie in (0, 1]",
        "decay | 1.1 | decay: 1.1 must lie in (0, 1]",
        "epsilon | 0 | epsilon: 0 must be more than 0",
        "epsilon | 1e999 | epsilon: infinity must be more than 0",
        "clip | -1 | clip: -1 must be 0 or more",
        "seed | x | seed: 'x' is not a whole number",
        "deep | yes | deep: 'yes' is not true or false",
        "shape | linaer | shape: 'linaer' is not one of linear, cosine; did you mean 'linear'?",
        "prompt-width | 0 | prompt-width: 0 must be 1 or more"
      })
  void refusesByName(String name, String text, String message) {
    Setting<?> setting = named(name);
    assertThatThrownBy(() -> setting.read(text))
        .isInstanceOfSatisfying(
            InvalidSettingException.class, e -> assertThat(e.setting()).isEqualTo(name))
        .hasMessage(message);
  }

  private static Setting<?> named(String name) {
    return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void bothNamesAndBothSpellingsMeanIt() {
    assertThat(List.of("prompt-width", "prompt_width", "width")).allMatch(WIDTH::isCalled);
    assertThat(WIDTH.isCalled("widths")).isFalse();
    assertThat(WIDTH.key()).isEqualTo("prompt_width");
  }

  @Test
  void valuesAreRecordedWithTheirDefaultsInOrder() {
    SettingValues values =
        SettingValues.of(List.of(WIDTH, BETA, SHAPE, DEEP)).with(DEEP, true).withText(BETA, "0.5");
    assertThat(values.toMap())
        .containsExactly(
            entry("prompt_width", null),
            entry("beta", 0.5),
            entry("shape", "linear"),
            entry("deep", true));
    assertThat(values.given(SHAPE)).isEmpty();
    assertThat(values.get(SHAPE)).isEqualTo("linear");
    assertThat(values.find(WIDTH)).isEmpty();
    assertThat(values.with(WIDTH, Optional.of(4)).get(WIDTH)).isEqualTo(4);
  }

  private static Map.Entry<String, Object> entry(String key, Object value) {
    return new java.util.AbstractMap.SimpleEntry<>(key, value);
  }

  @Test
  void whatIsNotDeclaredOrNotAllowedCannotBePutIn() {
    SettingValues values = SettingValues.of(List.of(BETA));
    assertThatThrownBy(() -> values.with(CLIP, 1d))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clip");
    assertThatThrownBy(() -> values.with(BETA, 1d)).isInstanceOf(InvalidSettingException.class);
    assertThatThrownBy(() -> values.with(BETA, Double.NaN))
        .isInstanceOf(InvalidSettingException.class);
  }

  @Test
  void aDeclarationIsCheckedItself() {
    assertThatThrownBy(() -> Setting.of("Bad_Name", Values.flags(), true, "x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Bad_Name");
    assertThatThrownBy(() -> Setting.of("size", Values.atLeast(1), 0, "x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("size")
        .hasMessageContaining("1 or more");
  }
}
