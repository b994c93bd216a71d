package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;

class EncodingTest {

  private static Encoding encoding(int lastEnd) {
    return new Encoding(
        new int[] {5, 9},
        new int[] {0, 0},
        new int[] {-1, 0},
        new int[] {-1, 0},
        new int[] {0, 0},
        new int[] {0, lastEnd});
  }

  @Test
  void equalityIsThatOfTheValues() {
    assertThat(encoding(3)).isEqualTo(encoding(3)).hasSameHashCodeAs(encoding(3));
    assertThat(encoding(3)).isNotEqualTo(encoding(4));
    assertThat(encoding(3)).hasToString(encoding(3).toString());
    assertThat(encoding(3).toString()).contains("ids=[5, 9]").contains("ends=[0, 3]");
  }

  @Test
  void knowsItsSpecialTokens() {
    assertThat(encoding(3).length()).isEqualTo(2);
    assertThat(encoding(3).isSpecial(0)).isTrue();
    assertThat(encoding(3).isSpecial(1)).isFalse();
  }

  @Test
  void refusesArraysThatDoNotBelongTogether() {
    int[] two = {1, 2};
    assertThatThrownBy(() -> new Encoding(two, two, two, two, new int[] {1}, two))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("starts has 1 entries, but ids has 2");
  }
}
