package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;

class TruncationTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, maxLength is 0",
    "-3, 0, maxLength is -3",
    "8, 8, 'stride is 8; it must be from 0 to maxLength - 1 = 7'",
    "8, -1, stride is -1",
  })
  void refusesImpossibleValues(int maxLength, int stride, String message) {
    assertThatThrownBy(() -> new Truncation(maxLength, Truncation.Strategy.LONGEST_FIRST, stride))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    // first, second, special, maximum, strategy, kept of the first, kept of the second
    "3, 4, 3, 10, LONGEST_FIRST, 3, 4",
    "3, 9, 3, 10, LONGEST_FIRST, 3, 4",
    "9, 3, 3, 10, LONGEST_FIRST, 4, 3",
    "9, 9, 3, 10, LONGEST_FIRST, 3, 4",
    "9, 0, 2, 10, LONGEST_FIRST, 8, 0",
    "20, 3, 3, 10, ONLY_FIRST, 4, 3",
    "3, 20, 3, 10, ONLY_SECOND, 3, 4",
    "30, 20, 3, 10, NONE, 30, 20",
    "5, 5, 3, 3, LONGEST_FIRST, 0, 0",
  })
  void keepsWhatTheStrategySays(
      int first,
      int second,
      int special,
      int maxLength,
      Truncation.Strategy strategy,
      int keptFirst,
      int keptSecond) {
    Truncation truncation = new Truncation(maxLength, strategy, 0);
    assertThat(truncation.keep(first, second, special, first > second))
        .isEqualTo(new Truncation.Kept(keptFirst, keptSecond));
  }

  @Test
  void namesTheNumbersWhereAStrategyCannotReachTheLength() {
    Truncation second = new Truncation(14, Truncation.Strategy.ONLY_SECOND, 0);
    assertThatThrownBy(() -> second.keep(18, 30, 3, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("ONLY_SECOND", "maxLength 14", "18 tokens", "second 30", "3 are");
    assertThatThrownBy(() -> Truncation.to(2).keep(1, 1, 3, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("maxLength is 2, but the special tokens alone are 3");
    Truncation wide = new Truncation(10, Truncation.Strategy.LONGEST_FIRST, 4);
    assertThatThrownBy(() -> wide.keep(9, 9, 3, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("stride 4 must be less than the 3 tokens");
  }

  @Property
  void windowsCoverEveryTokenAndOverlapByTheStride(
      @ForAll @IntRange(min = 0, max = 60) int length,
      @ForAll @IntRange(min = 1, max = 12) int size,
      @ForAll @IntRange(min = 0, max = 11) int stride,
      @ForAll Truncation.Direction direction) {
    Assume.that(stride < size);
    List<Window> windows = Window.all(length, size, stride, direction);
    assertThat(windows.get(0)).isEqualTo(Window.first(length, size, direction));
    boolean[] covered = new boolean[length];
    for (Window window : windows) {
      assertThat(window.size()).isBetween(Math.min(1, length), size);
      IntStream.range(window.start(), window.end()).forEach(i -> covered[i] = true);
    }
    assertThat(covered).doesNotContain(false);
    for (int i = 1; i < windows.size(); i++) {
      int overlap =
          direction == Truncation.Direction.RIGHT
              ? windows.get(i - 1).end() - windows.get(i).start()
              : windows.get(i).end() - windows.get(i - 1).start();
      assertThat(overlap).isEqualTo(stride);
    }
  }
}
