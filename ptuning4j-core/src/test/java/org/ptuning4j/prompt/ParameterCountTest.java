package org.ptuning4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceHeadSpec;

/** The formula 2·L·H·P and the published counts. */
class ParameterCountTest {

  private static final BackboneSpec BASE =
      new BackboneSpec("bert", 12, 768, 12, 12, 64, 768, 512, 30522, 2, true, 0.1, 0.1);
  private static final BackboneSpec LARGE =
      new BackboneSpec("bert", 24, 1024, 16, 16, 64, 1024, 512, 30522, 2, true, 0.1, 0.1);

  @Test
  void bertBaseWithTwentyTokensAndTwoLabels() {
    long prompt = PTuningV2.ofLength(20).parameterCount(BASE);
    long head = new SequenceHeadSpec(2, SequenceHeadSpec.Input.POOLER, 0.1).parameterCount(BASE);
    assertThat(prompt).isEqualTo(368_640);
    assertThat(prompt + head).isEqualTo(370_178);
  }

  @ParameterizedTest
  @CsvSource({"8, 393216", "20, 983040", "64, 3145728", "128, 6291456"})
  void bertLarge(int length, long parameters) {
    assertThat(PTuningV2.ofLength(length).parameterCount(LARGE)).isEqualTo(parameters);
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
            Initialisation.NORMAL);
    long width = 3 * 2 * 768;
    assertThat(method.parameterCount(BASE))
        .isEqualTo(10 * 768 + (768 + 1) * 512 + (512 + 1) * width);
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
