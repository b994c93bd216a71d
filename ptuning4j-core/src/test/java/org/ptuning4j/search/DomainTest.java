package org.ptuning4j.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.train.config.TrainingSettings;

/** Values that are searched, as they are written. */
class DomainTest {

  @Test
  void numbersBetweenTwoAreDrawnByTheirRatioWhereTheyAreFarApart() {
    Domain rates = Domain.parse(TrainingSettings.LEARNING_RATE, List.of("1e-3..1e-1"));
    assertThat(rates.at(0)).isEqualTo("0.001");
    assertThat(rates.at(0.5)).isEqualTo("0.01");
    assertThat(Double.parseDouble(rates.at(0.999999))).isBetween(0.0999, 0.1);
    Domain dropout = Domain.parse(MethodSettings.PROMPT_DROPOUT, List.of("0.1..0.5"));
    assertThat(dropout.at(0.5)).isEqualTo("0.3");
  }

  @Test
  void wholeNumbersStayWholeAndEveryOneIsDrawn() {
    Domain lengths = Domain.parse(MethodSettings.LENGTH, List.of("3..5"));
    assertThat(List.of(lengths.at(0), lengths.at(0.34), lengths.at(0.67), lengths.at(0.99)))
        .containsExactly("3", "4", "5", "5");
    assertThat(Domain.parse(MethodSettings.LENGTH, List.of("5..80")).at(0.5)).isEqualTo("20");
  }

  @Test
  void aListedValueIsDrawnAsOftenAsItIsListed() {
    Domain values = Domain.parse(MethodSettings.LENGTH, List.of("8", "8", "20", "default"));
    assertThat(List.of(values.at(0), values.at(0.3), values.at(0.5), values.at(0.8)))
        .containsExactly("8", "8", "20", Domain.UNSET);
  }

  @Test
  void aNeighbourIsNear() {
    Domain rates = Domain.parse(TrainingSettings.LEARNING_RATE, List.of("1e-4..1"));
    assertThat(rates.near("0.01", 0.5)).isEqualTo("0.01");
    // A fifth of the whole interval of four powers of ten, on either side.
    assertThat(Double.parseDouble(rates.near("0.01", 0))).isBetween(0.00157, 0.0016);
    assertThat(Double.parseDouble(rates.near("0.9", 0.9999))).isEqualTo(1);
  }

  @Test
  void whatIsNoValueOfTheSettingIsRefused() {
    assertThatThrownBy(() -> Domain.parse(MethodSettings.LENGTH, List.of("8", "many")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("prompt-length")
        .hasMessageContaining("'many'");
    assertThatThrownBy(() -> Domain.parse(TrainingSettings.LEARNING_RATE, List.of("1e-2..1e-3")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the first number must be the lower");
    assertThatThrownBy(() -> Domain.parse(TrainingSettings.LEARNING_RATE, List.of("-1..1")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lr");
  }
}
