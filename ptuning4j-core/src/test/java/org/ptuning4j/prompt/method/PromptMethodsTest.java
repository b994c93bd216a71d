package org.ptuning4j.prompt.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.module.PromptEncoderKind;
import org.ptuning4j.prompt.module.PromptEncoderSpec;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.Values;

/** Methods by name, from settings as a command line or a file gives them. */
class PromptMethodsTest {

  private static final PromptMethods METHODS = PromptMethods.standard();

  private static PromptMethod create(String name, Map<String, ?> settings) {
    return METHODS.create(name, settings);
  }

  @Test
  void everyMethodComesUnderItsOwnName() {
    assertThat(METHODS.names())
        .containsExactly(
            "p-tuning-v2",
            "prefix-tuning",
            "prompt-tuning",
            "p-tuning",
            "soft-prompts",
            "unused-tokens",
            "manual",
            "head-only",
            "full-fine-tuning");
    for (String name : METHODS.names()) {
      assertThat(create(name, Map.of()).name()).isEqualTo(name);
    }
  }

  @Test
  void settingsReachTheMethod() {
    assertThat(
            create(
                "p-tuning-v2",
                Map.of(
                    "length", "8",
                    "layers", "top:2",
                    "projection", 64,
                    "prompt_dropout", 0.2,
                    "positions", "unshifted",
                    "init", "unit-normal",
                    "prefix_softmax", "joint")))
        .isEqualTo(
            new PTuningV2(
                8,
                new LayerRange("top:2"),
                Optional.of(64),
                0.2,
                PositionConvention.UNSHIFTED,
                NormalInitialisation.UNIT_NORMAL));
    assertThat(create("prefix-tuning", Map.of("length", 5, "hidden", 800)))
        .isEqualTo(
            new PrefixTuning(5, 800, 0, PositionConvention.SHIFTED, NormalInitialisation.NORMAL));
    assertThat(create("p-tuning", Map.of("encoder", "peft-lstm", "hidden", "32", "joint", true)))
        .isEqualTo(
            new PTuning(
                20, PromptEncoderSpec.of(PromptEncoderKind.PEFT_LSTM, Optional.of(32)), true));
    assertThat(create("prompt-tuning", Map.of("words", "great or not?")))
        .isEqualTo(new PromptTuning(20, new SoftTokenInitialisation("text:great or not?")));
    assertThat(create("soft-prompts", Map.of("init", "uniform", "deep", "true")))
        .isEqualTo(new SoftPrompts(20, SoftTokenInitialisation.uniform(), true));
    assertThat(create("unused-tokens", Map.of("length", 2))).isEqualTo(new UnusedTokens(2));
  }

  @Test
  void whichMethodsTrainTheBackboneAndWhichNeedATemplate() {
    assertThat(create("p-tuning", Map.of("joint", "true")).trainsBackbone()).isTrue();
    assertThat(create("p-tuning", Map.of()).trainsBackbone()).isFalse();
    assertThat(METHODS.names().stream().filter(n -> create(n, Map.of()).needsTemplate()))
        .containsExactly("unused-tokens", "manual");
    assertThat(METHODS.names().stream().filter(n -> create(n, Map.of()).inputTokens() == 20))
        .containsExactly("prompt-tuning", "p-tuning", "soft-prompts", "unused-tokens");
    assertThat(METHODS.names().stream().filter(n -> create(n, Map.of()).positionShift() == 20))
        .containsExactly("prefix-tuning");
    assertThat(create("p-tuning-v2", Map.of("positions", "shifted")).positionShift()).isEqualTo(20);
  }

  @Test
  void anUnknownMethod() {
    assertThatThrownBy(() -> create("p-tuning-v3", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'p-tuning-v3'")
        .hasMessageContaining("p-tuning-v2, prefix-tuning")
        .hasMessageContaining("full-fine-tuning");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "prompt-tuning; layers; method prompt-tuning has no such setting; belongs to p-tuning-v2",
        "manual; length; it has none; p-tuning-v2, prefix-tuning, prompt-tuning, p-tuning",
        "p-tuning; lenght; it has prompt-length, encoder, encoder-hidden; no method has it"
      })
  void aSettingThatTheMethodDoesNotHave(String name, String setting, String what, String whose) {
    assertThatThrownBy(() -> create(name, Map.of(setting, "1")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(setting + ":")
        .hasMessageContaining(what)
        .hasMessageContaining(whose);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "p-tuning-v2; length; many; 'many' is not a whole number",
        "p-tuning-v2; length; -1; -1 must be 0 or more",
        "p-tuning-v2; prompt-dropout; 1; must lie in [0, 1)",
        "prefix-tuning; prompt-dropout; NaN; 'NaN' is not a number",
        "prefix-tuning; prompt-dropout; -0.1; -0.1 must lie in [0, 1)",
        "p-tuning; encoder-layers; 0; 0 must be 1 to 4",
        "p-tuning; encoder-layers; 5; 5 must be 1 to 4",
        "p-tuning; encoder-dropout; 1; must lie in [0, 1)",
        "prefix-tuning; hidden; 0; must be 1 or more",
        "prompt-tuning; length; 0; must be 1 or more",
        "prompt-tuning; init; random; 'random' is not one of uniform",
        "p-tuning; joint; yes; 'yes' is not true or false",
        "p-tuning; encoder; gru; lstm, mlp, peft-lstm, peft-mlp, none",
        "p-tuning; hidden; 8; no meaning for encoder lstm",
        "soft-prompts; length; 0; must be 1 or more",
        "unused-tokens; length; 0; must be 1 or more"
      })
  void aValueThatIsNotUsable(String name, String setting, String value, String message) {
    assertThatThrownBy(() -> create(name, Map.of(setting, value)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void twoStartsAtOnce() {
    assertThatThrownBy(() -> create("soft-prompts", Map.of("init", "uniform", "words", "a b")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("init-words: 'a b'")
        .hasMessageContaining("init: 'uniform'");
  }

  @Test
  void aMethodOfOnesOwn() {
    Setting<Integer> depth = Setting.of("depth", Values.atLeast(1), 1, "How deep.");
    MethodDeclaration own =
        new MethodDeclaration(
            "mine", List.of(depth), values -> new UnusedTokens(values.get(depth)));
    PromptMethods more = METHODS.with(own);
    assertThat(more.create("mine", Map.of("depth", 4))).isEqualTo(new UnusedTokens(4));
    assertThat(more.get("mine").settingNames()).containsExactly("depth");
    assertThat(METHODS.names()).doesNotContain("mine");
    assertThatThrownBy(() -> more.with(own))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there is a method 'mine' already");
  }

  @Test
  void aSettingThatIsASwitchHereAndANumberThereIsRefused() {
    Setting<Boolean> layers = Setting.of("layers", Values.flags(), true, "Whether layered.");
    MethodDeclaration own =
        new MethodDeclaration("mine", List.of(layers), values -> new HeadOnly());
    assertThatThrownBy(() -> METHODS.with(own))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("method mine: setting 'layers'")
        .hasMessageContaining("method p-tuning-v2");
  }

  @Test
  void aSettingTwiceByItsTwoNames() {
    assertThatThrownBy(() -> create("p-tuning-v2", Map.of("length", 4, "prompt_length", 5)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'length'")
        .hasMessageContaining("'prompt_length'");
  }

  /** What a method records is what it was made of: nothing is lost, nothing is undeclared. */
  @ParameterizedTest
  @MethodSource("given")
  void recordedSettingsMakeTheSameMethod(String name, Map<String, ?> settings) {
    PromptMethod method = create(name, settings);
    Map<String, Object> recorded = method.settings().toMap();
    assertThat(recorded.keySet())
        .containsExactlyElementsOf(
            METHODS.get(name).settings().stream().map(Setting::key).toList());
    assertThat(create(name, recorded)).isEqualTo(method);
  }

  static Stream<Arguments> given() {
    return Stream.concat(
        METHODS.names().stream().map(name -> Arguments.of(name, Map.of())),
        Stream.of(
            Arguments.of(
                "p-tuning-v2",
                Map.of("length", 3, "layers", "1,3", "projection", 8, "prompt-dropout", 0.25)),
            Arguments.of("p-tuning-v2", Map.of("positions", "unshifted", "init", "zero")),
            Arguments.of("prefix-tuning", Map.of("hidden", 7, "prompt-dropout", 0.5)),
            Arguments.of("soft-prompts", Map.of("words", "a, b", "deep", true)),
            Arguments.of(
                "p-tuning",
                Map.of(
                    "encoder",
                    "peft-lstm",
                    "hidden",
                    5,
                    "encoder-layers",
                    3,
                    "encoder-dropout",
                    0.1,
                    "joint",
                    true))));
  }
}
