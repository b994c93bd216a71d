package org.ptuning4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams of random numbers: fixed values, positions, and moments with generous bounds. */
class RandomStreamTest {

  private static final int DRAWS = 200_000;

  @BeforeAll
  static void start() {
    Torch.start();
  }

  /** Computed apart, from the definition of SplitMix64: a change here changes every seeded run. */
  @Test
  void givesTheSameNumbersAsEver() {
    assertThat(draws(RandomStream.of(0), 3))
        .containsExactly(0xA706DD2F4D197E6FL, 0xB382A305F4414F5EL, 0x631A9154FBABF717L);
    assertThat(draws(RandomStream.of(11), 2))
        .containsExactly(0x91FFA96FC4C62CCEL, 0x4444DC6C30BB5874L);
    assertThat(draws(RandomStream.of(11, "dropout"), 2))
        .containsExactly(0x3E889644B7AA123EL, 0x168A716BACC4A153L);
  }

  @Test
  void resumesAtAPosition() {
    RandomStream whole = RandomStream.of(5);
    draws(whole, 7);
    long position = whole.position();
    long[] rest = draws(whole, 9);
    assertThat(position).isEqualTo(7);
    assertThat(draws(RandomStream.at(RandomStream.of(5), position), 9)).isEqualTo(rest);
  }

  @Test
  void resumesTheBitsOfMasks() {
    Scope.run(
        () -> {
          RandomStream whole = RandomStream.of(5);
          whole.shorts(1001);
          long position = whole.position();
          assertThat(position).as("four to a number, the last one opened").isEqualTo(251);
          long[] rest = Tensors.longs(whole.shorts(77));
          RandomStream resumed = RandomStream.at(RandomStream.of(5), position);
          assertThat(Tensors.longs(resumed.shorts(77))).isEqualTo(rest);
        });
  }

  @Test
  void makesMasksOfTheSameNumbers() {
    Scope.run(
        () -> {
          // Computed by another implementation of SplitMix64, the lowest 16 bits first.
          assertThat(Tensors.longs(RandomStream.of(8).shorts(12)))
              .containsExactly(
                  -13978, 27658, -7130, 17474, 13907, -18428, 20940, -30805, -2369, 17908, 20047,
                  -30146);
          RandomStream drawn = RandomStream.of(8);
          drawn.shorts(12);
          RandomStream counted = RandomStream.of(8);
          draws(counted, 3);
          assertThat(drawn.nextLong()).as("the number after").isEqualTo(counted.nextLong());
        });
  }

  @Test
  void isAnotherStreamForEachSeedAndPurpose() {
    Set<Long> firsts = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      firsts.add(RandomStream.of(seed).nextLong());
      firsts.add(RandomStream.of(seed, "prompt").nextLong());
      firsts.add(RandomStream.of(seed, "head").nextLong());
      firsts.add(RandomStream.of(seed, "dropout").nextLong());
    }
    assertThat(firsts).hasSize(400);
  }

  @Test
  void drawsWholeNumbersEvenly() {
    RandomStream random = RandomStream.of(3);
    int[] counts = new int[7];
    for (int i = 0; i < DRAWS; i++) {
      counts[random.nextInt(7)]++;
    }
    double expected = DRAWS / 7.0;
    // Six standard deviations of a count.
    assertThat(Arrays.stream(counts).asDoubleStream().toArray())
        .satisfies(
            c ->
                Arrays.stream(c)
                    .forEach(
                        n -> assertThat(n).isCloseTo(expected, within(6 * Math.sqrt(expected)))));
  }

  @Test
  void keepsWithinTheBound() {
    RandomStream random = RandomStream.of(4);
    for (int i = 0; i < 10_000; i++) {
      assertThat(random.nextInt(1)).isZero();
      assertThat(random.nextInt(Integer.MAX_VALUE)).isBetween(0, Integer.MAX_VALUE - 1);
    }
  }

  @Test
  void drawsFractionsEvenly() {
    RandomStream random = RandomStream.of(1);
    double[] moments = moments(random::nextDouble);
    assertThat(moments[0]).isCloseTo(0.5, within(0.005));
    assertThat(moments[1]).isCloseTo(1 / 12.0, within(0.002));
    assertThat(moments[2]).isPositive(); // its logarithm is taken
    assertThat(moments[3]).isLessThanOrEqualTo(1);
  }

  @Test
  void drawsNormalNumbers() {
    RandomStream random = RandomStream.of(2);
    double[] moments = moments(random::nextGaussian);
    assertThat(moments[0]).isCloseTo(0, within(0.015));
    assertThat(moments[1]).isCloseTo(1, within(0.025));
    assertThat(moments[2]).isBetween(-7.0, -3.5);
    assertThat(moments[3]).isBetween(3.5, 7.0);
  }

  @Test
  void fillsTensorsWithTheDeviationAskedFor() {
    Scope.run(
        () -> {
          float[] values = Tensors.floats(RandomStream.of(6).gaussian(0.02, 100, 300));
          double squares = 0;
          for (float value : values) {
            squares += (double) value * value;
          }
          assertThat(Math.sqrt(squares / values.length)).isCloseTo(0.02, within(0.0005));
        });
  }

  private static long[] draws(RandomStream random, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextLong();
    }
    return values;
  }

  /** Mean, variance, least and greatest of many draws. */
  private static double[] moments(DoubleSupplier draw) {
    double sum = 0;
    double squares = 0;
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < DRAWS; i++) {
      double value = draw.getAsDouble();
      sum += value;
      squares += value * value;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    double mean = sum / DRAWS;
    return new double[] {mean, squares / DRAWS - mean * mean, least, greatest};
  }
}
