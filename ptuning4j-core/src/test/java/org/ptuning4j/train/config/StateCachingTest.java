package org.ptuning4j.train.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

class StateCachingTest {

  @ParameterizedTest
  @ValueSource(strings = {"auto", "off", "disk", "disk:3GB", "disk:750MB", "disk:1500GB"})
  void isReadAsItIsWritten(String text) {
    assertThat(StateCaching.parse(text).label()).isEqualTo(text);
  }

  @Test
  void sizesAreDecimal() {
    assertThat(StateCaching.parse("disk:3GB").limit()).isEqualTo(3_000_000_000L);
    assertThat(StateCaching.parse("disk:750MB").limit()).isEqualTo(750_000_000L);
    assertThat(StateCaching.parse("disk:2TB")).isEqualTo(StateCaching.parse("disk:2000GB"));
    assertThat(StateCaching.parse("disk")).isEqualTo(StateCaching.parse("disk:20GB"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "on", "disk:", "disk:0GB", "disk:3", "disk:3gb", "memory", "AUTO"})
  void othersAreRefusedWithWhatIsRight(String text) {
    assertThatThrownBy(() -> StateCaching.parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("disk:50GB");
  }
}
