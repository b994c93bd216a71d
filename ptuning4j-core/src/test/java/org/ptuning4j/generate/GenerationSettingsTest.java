package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;

class GenerationSettingsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0 | 0 | 1 | 1 | 1 | 1 | 1 | max-new-tokens: 0",
        "9 | -1 | 0 | 1 | 1 | 1 | 1 | 1 | temperature: -1.0",
        "9 | NaN | 0 | 1 | 1 | 1 | 1 | 1 | temperature: NaN",
        "9 | 1 | -3 | 1 | 1 | 1 | 1 | 1 | top-k: -3",
        "9 | 1 | 0 | 0 | 1 | 1 | 1 | 1 | top-p: 0.0",
        "9 | 1 | 0 | 1.2 | 1 | 1 | 1 | 1 | top-p: 1.2",
        "9 | 0 | 0 | 1 | 0 | 1 | 1 | 1 | repetition-penalty: 0.0",
        "9 | 0 | 0 | 1 | 1 | 0 | 1 | 1 | beams: 0",
        "9 | 0 | 0 | 1 | 1 | 2 | Infinity | 1 | length-penalty: Infinity",
        "9 | 1 | 0 | 1 | 1 | 1 | 1 | 0 | sequences: 0",
        "9 | 1 | 0 | 1 | 1 | 4 | 1 | 1 | beams: 4 with temperature 1.0",
        "9 | 0 | 0 | 1 | 1 | 4 | 1 | 5 | sequences: 5 of 4 beams",
        "9 | 0 | 0 | 1 | 1 | 1 | 1 | 2 | sequences: 2 of a greedy search",
        "9 | 0 | 5 | 1 | 1 | 1 | 1 | 1 | top-k: 5 without a temperature",
        "9 | 0 | 0 | 0.9 | 1 | 1 | 1 | 1 | top-p: 0.9 without a temperature",
      })
  void aWrongValueIsNamed(
      int most,
      double temperature,
      int topK,
      double topP,
      double repetition,
      int beams,
      double length,
      int sequences,
      String message) {
    assertThatThrownBy(
            () ->
                new GenerationSettings(
                    most,
                    temperature,
                    topK,
                    topP,
                    repetition,
                    beams,
                    length,
                    sequences,
                    List.of(),
                    0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void anEmptyStopStringIsRefused() {
    assertThatThrownBy(() -> GenerationSettings.greedy().withStops(List.of("\n", "")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("stop");
  }

  @Test
  void everythingElseStaysAsItWas() {
    GenerationSettings all =
        GenerationSettings.sampled(0.7, 5)
            .withMaxNewTokens(9)
            .withTopK(4)
            .withTopP(0.8)
            .withRepetitionPenalty(1.3)
            .withSequences(2)
            .withStops(List.of("."));

    assertThat(all)
        .isEqualTo(new GenerationSettings(9, 0.7, 4, 0.8, 1.3, 1, 1, 2, List.of("."), 5));
  }
}
