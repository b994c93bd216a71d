package org.ptuning4j.prompt.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.setting.LayerRange;

/** The formula 2·L·H·P and the published counts. */
class ParameterCountTest {

  private static final BackboneSpec BASE =
      new BackboneSpec("bert", 12, 768, 12, 12, 64, 768, 512, 30522, 2, true, true, 0.1, 0.1);
  private static final BackboneSpec LARGE =
      new BackboneSpec("bert", 24, 1024, 16, 16, 64, 1024, 512, 30522, 2, true, true, 0.1, 0.1);

  @Test
  void bertBaseWithTwentyTokens() {
    assertThat(PTuningV2.asPublished(20).parameterCount(BASE)).isEqualTo(368_640);
  }

  /** P = 20, E = H = 768, L = 12, written out. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "prompt-tuning; ; 15360",
        "soft-prompts; ; 15360",
        "soft-prompts; deep=true; 184320",
        "unused-tokens; ; 15360",
        "prefix-tuning; ; 9864704",
        "p-tuning; encoder=none; 15360",
        "p-tuning; encoder=mlp; 1196544",
        "p-tuning; ; 8286720",
        "p-tuning; encoder=peft-lstm,hidden=128; 1593344",
        "p-tuning; encoder=peft-mlp,hidden=128; 229376",
        "manual; ; 0",
        "head-only; ; 0"
      })
  void bertBase(String name, String settings, long parameters) {
    Map<String, String> values = new HashMap<>();
    if (settings != null) {
      for (String setting : settings.split(",", -1)) {
        values.put(setting.split("=", -1)[0], setting.split("=", -1)[1]);
      }
    }
    PromptMethod method = PromptMethods.standard().create(name, values);
    assertThat(method.parameterCount(BASE)).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"8, 393216", "20, 983040", "64, 3145728", "128, 6291456"})
  void bertLarge(int length, long parameters) {
    assertThat(PTuningV2.asPublished(length).parameterCount(LARGE)).isEqualTo(parameters);
  }

  @Test
  void someLayersWithProjection() {
    PTuningV2 method =
        new PTuningV2(
            10,
            new LayerRange("top:3"),
            Optional.of(512),
            0,
            PositionConvention.SHIFTED,
            NormalInitialisation.NORMAL);
    // 10 × 768 for the embedding; 769 × 512; and 513 × 4,608, three layers' keys and values.
    assertThat(method.parameterCount(BASE)).isEqualTo(7_680 + 393_728 + 2_363_904);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"all;0,1,2,3", "top:2;2,3", "bottom:1;0", "1,3-4;0,2,3", "2;1"})
  void layerRanges(String text, String indices) {
    List<Integer> expected =
        List.of(indices.split(",", -1)).stream().map(Integer::valueOf).toList();
    assertThat(new LayerRange(text).indices(4)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"top:5", "0", "5", "3-5", "4-2", "top:0"})
  void layersThatDoNotExist(String text) {
    assertThatThrownBy(() -> new LayerRange(text).indices(4))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("layers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "upper:3", "1,,2", "a-b", "top:"})
  void layersThatAreNotOfTheForm(String text) {
    assertThatThrownBy(() -> new LayerRange(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("top:K");
  }
}
