package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Messages speak of settings; who shows them says how people set them. */
class InvalidInputExceptionTest {

  private static final SettingName LENGTH = new SettingName("max-length");

  @Test
  void settingsAreCalledAsTheReaderKnowsThem() {
    InvalidInputException e =
        InvalidInputException.of("%s: %d is too long for '%s'", LENGTH, 600, "100 %s");
    assertThat(e).hasMessage("max-length: 600 is too long for '100 %s'");
    assertThat(e.message(name -> "--" + name))
        .isEqualTo("--max-length: 600 is too long for '100 %s'");
    assertThat(e.message(name -> name.replace('-', '_')))
        .isEqualTo("max_length: 600 is too long for '100 %s'");
  }

  @Test
  void aMessageWithoutSettingsIsWhatItIs() {
    assertThat(new InvalidInputException("max-length: 5 %").message(name -> "--" + name))
        .isEqualTo("max-length: 5 %");
    assertThat(InvalidInputException.of("%s: %.1f", "lr", 0.5).message(name -> "--" + name))
        .isEqualTo("lr: 0.5");
  }

  @Test
  void aSettingHasAName() {
    assertThatThrownBy(() -> new SettingName("--lr")).isInstanceOf(IllegalArgumentException.class);
    assertThat(LENGTH).hasToString("max-length");
  }

  @Test
  void aPlaceComesBeforeTheMessageAndSettingsStaySettings() {
    InvalidInputException about =
        InvalidInputException.of("set %s to %d %%", new SettingName("max-length"), 3);
    InvalidInputException placed = about.in("data 100%.csv").in("folder");
    assertThat(placed).hasMessage("folder: data 100%.csv: set max-length to 3 %");
    assertThat(placed.message(name -> "--" + name))
        .isEqualTo("folder: data 100%.csv: set --max-length to 3 %");
    assertThat(placed.getCause().getCause()).isSameAs(about);
    assertThat(new InvalidInputException("bad: 50 %").in("x")).hasMessage("x: bad: 50 %");
  }
}
