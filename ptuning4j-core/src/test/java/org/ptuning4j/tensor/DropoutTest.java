package org.ptuning4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout: its rate, its scale, its gradient, and that it repeats itself. */
class DropoutTest {

  private static final int ENTRIES = 400_000;

  @BeforeAll
  static void start() {
    Torch.start();
  }

  @Test
  void isTheTensorItselfWhenOff() {
    Scope.run(
        () -> {
          Tensor x = torch.ones(3, 4);
          assertThat(Dropout.off().apply(x, 0.5)).isSameAs(x);
          RandomStream random = RandomStream.of(1);
          assertThat(Dropout.from(random).apply(x, 0)).isSameAs(x);
          assertThat(random.position()).as("numbers drawn").isZero();
        });
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.1, 0.3, 0.5, 0.9})
  void keepsTheExpectation(double rate) {
    Scope.run(
        () -> {
          Tensor x = torch.ones(ENTRIES);
          float[] y = Tensors.floats(Dropout.from(RandomStream.of(7)).apply(x, rate));
          double sum = 0;
          int dropped = 0;
          for (float value : y) {
            sum += value;
            dropped += value == 0 ? 1 : 0;
          }
          double deviation = Math.sqrt(rate * (1 - rate) / ENTRIES);
          assertThat((double) dropped / ENTRIES).isCloseTo(rate, within(6 * deviation + 1e-5));
          assertThat(sum / ENTRIES).isCloseTo(1, within(6 * deviation / (1 - rate)));
        });
  }

  /** The rate is rounded to 1/65536, never up to 1, and the scale is that of the rounded rate. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.25, 1.0 / 65536, 0.99999, 0.9999999})
  void scalesByTheExactRate(double rate) {
    Scope.run(
        () -> {
          int dropped = (int) Math.min(65535, Math.round(rate * 65536));
          float scale = (float) (65536.0 / (65536 - dropped));
          float[] y =
              Tensors.floats(Dropout.from(RandomStream.of(9)).apply(torch.ones(ENTRIES), rate));
          int kept = 0;
          for (float value : y) {
            assertThat(value == 0 || value == scale).as("%s is 0 or %s", value, scale).isTrue();
            kept += value == scale ? 1 : 0;
          }
          double expected = (65536.0 - dropped) / 65536 * ENTRIES;
          assertThat((double) kept).isCloseTo(expected, within(6 * Math.sqrt(expected) + 1));
          assertThat(kept).as("some are kept, and as many as the rate says").isPositive();
        });
  }

  @Test
  void dropsWhatTheStreamSays() {
    Scope.run(
        () -> {
          float[] y = Tensors.floats(Dropout.from(RandomStream.of(3)).apply(torch.ones(40), 0.25));
          // The places of the lowest quarter of 16-bit numbers, by another implementation.
          assertThat(IntStream.range(0, 40).filter(i -> y[i] == 0))
              .containsExactly(0, 1, 3, 5, 6, 7, 11, 16, 18, 21, 23, 26, 33, 37, 39);
        });
  }

  @Test
  void repeatsItselfAndGoesOnWhereItStopped() {
    Scope.run(
        () -> {
          Tensor x = torch.ones(5, 101);
          RandomStream random = RandomStream.of(4);
          Dropout dropout = Dropout.from(random);
          Tensor first = dropout.apply(x, 0.5);
          long position = random.position();
          Tensor second = dropout.apply(x, 0.5);
          Tensor again = Dropout.from(RandomStream.of(4)).apply(x, 0.5);
          Tensor resumed =
              Dropout.from(RandomStream.at(RandomStream.of(4), position)).apply(x, 0.5);
          assertThat(again.equal(first)).isTrue();
          assertThat(second.equal(first)).isFalse();
          assertThat(resumed.equal(second)).isTrue();
        });
  }

  @Test
  void hasTheMaskTimesTheScaleAsItsGradient() {
    Scope.run(
        () -> {
          Tensor x = RandomStream.of(1).gaussian(1, 20, 30).set_requires_grad(true);
          Tensor y = Dropout.from(RandomStream.of(2)).apply(x, 0.2);
          Tensor weights = RandomStream.of(3).gaussian(1, 20, 30);
          y.mul(weights).sum().backward();
          // y = x · mask · scale, so that y / x is the mask times the scale.
          Tensor factor = y.detach().div(x.detach());
          assertClose("gradient", x.grad(), factor.mul(weights), 1e-5, 1e-5);
          assertThat(factor.eq(new org.bytedeco.pytorch.Scalar(0)).sum().item_long())
              .as("entries dropped")
              .isBetween(60L, 180L);
        });
  }

  @Test
  void takesViewsThatAreNotContiguous() {
    Scope.run(
        () -> {
          Tensor row = torch.ones(4).unsqueeze(0).expand(1000, 4);
          float[] y = Tensors.floats(Dropout.from(RandomStream.of(5)).apply(row, 0.5));
          double sum = 0;
          for (float value : y) {
            sum += value;
          }
          assertThat(sum / y.length).as("each row has a mask of its own").isCloseTo(1, within(0.1));
          int differing = 0;
          for (int i = 4; i < y.length; i++) {
            differing += y[i] == y[i - 4] ? 0 : 1;
          }
          assertThat(differing).isBetween(1500, 2500);
        });
  }
}
