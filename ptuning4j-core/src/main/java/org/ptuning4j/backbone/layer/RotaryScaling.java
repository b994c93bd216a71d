package org.ptuning4j.backbone.layer;

import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;

/**
 * How rotary frequencies are changed so that a model reads longer texts than it was pretrained on.
 * θ is the base, d the width of a head; frequency i turns the i-th pair of a head's values.
 */
public sealed interface RotaryScaling {

  /**
   * The frequency of each pair, {@code [d/2]}.
   *
   * @param base θ
   * @param size d
   * @param length the positions that the row takes, its shift included
   */
  double[] frequencies(double base, int size, int length);

  /** What cosines and sines are multiplied by. */
  default double amplitude() {
    return 1;
  }

  /**
   * Up to which length of a row its frequencies are the same; empty where they never depend on the
   * length.
   */
  default OptionalInt steadyLength() {
    return OptionalInt.empty();
  }

  /** Whether frequencies depend on how long a row is. */
  default boolean dependsOnLength() {
    return steadyLength().isPresent();
  }

  /** θ^(−2i/d), as the model was pretrained. */
  static RotaryScaling none() {
    return new None();
  }

  private static double[] each(int size, IntToDoubleFunction frequency) {
    double[] frequencies = new double[size / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = frequency.applyAsDouble(i);
    }
    return frequencies;
  }

  private static double plain(double base, int size, int i) {
    return Math.pow(base, -2.0 * i / size);
  }

  /** Not at all. */
  record None() implements RotaryScaling {

    @Override
    public double[] frequencies(double base, int size, int length) {
      return each(size, i -> plain(base, size, i));
    }
  }

  /**
   * Positions are divided by a factor (Chen et al., arXiv 2306.15595).
   *
   * @param factor how many times as long texts may be
   */
  record Linear(double factor) implements RotaryScaling {

    @Override
    public double[] frequencies(double base, int size, int length) {
      return each(size, i -> plain(base, size, i) / factor);
    }
  }

  /**
   * The base grows with a row that is longer than the model was pretrained on ("dynamic NTK"). What
   * a row gives depends on its own length, not on that of others in its batch.
   *
   * @param factor of growth
   * @param pretrained the longest row without it
   */
  record Dynamic(double factor, int pretrained) implements RotaryScaling {

    @Override
    public double[] frequencies(double base, int size, int length) {
      double longer = (double) Math.max(length, pretrained) / pretrained;
      double grown = base * Math.pow(factor * longer - (factor - 1), size / (size - 2.0));
      return each(size, i -> plain(grown, size, i));
    }

    @Override
    public OptionalInt steadyLength() {
      return OptionalInt.of(pretrained);
    }
  }

  /**
   * Llama 3.1's: long waves are stretched by a factor, short ones are not, and between the two it
   * goes over smoothly.
   *
   * @param factor of stretching
   * @param low waves longer than {@code pretrained / low} are stretched in full
   * @param high waves shorter than {@code pretrained / high} are left as they are
   * @param pretrained the longest row in pretraining
   */
  record Llama3(double factor, double low, double high, int pretrained) implements RotaryScaling {

    @Override
    public double[] frequencies(double base, int size, int length) {
      return each(size, i -> scaled(plain(base, size, i)));
    }

    private double scaled(double frequency) {
      double waves = pretrained * frequency / (2 * Math.PI); // how often it turns in such a row
      if (waves < low) {
        return frequency / factor;
      }
      if (waves > high) {
        return frequency;
      }
      double kept = (waves - low) / (high - low);
      return (1 - kept) * frequency / factor + kept * frequency;
    }
  }

  /**
   * YaRN (Peng et al., arXiv 2309.00071): pairs that turn often in a row as long as in pretraining
   * keep their frequency, those that turn seldom are stretched, with a ramp between them; and
   * attention is sharpened.
   *
   * @param factor of stretching
   * @param pretrained the longest row in pretraining
   * @param fast pairs that turn more often are left as they are
   * @param slow pairs that turn less often are stretched in full
   * @param amplitude what cosines and sines are multiplied by
   * @param truncated whether the ramp's ends are whole numbers
   */
  record Yarn(
      double factor, int pretrained, double fast, double slow, double amplitude, boolean truncated)
      implements RotaryScaling {

    /** The amplitude that the paper recommends for a factor. */
    public static double amplitudeOf(double factor, double weight) {
      return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
    }

    @Override
    public double[] frequencies(double base, int size, int length) {
      double first = pair(fast, base, size);
      double last = pair(slow, base, size);
      double from = Math.max(truncated ? Math.floor(first) : first, 0);
      double to = Math.min(truncated ? Math.ceil(last) : last, size - 1);
      double width = to == from ? 0.001 : to - from;
      return each(
          size,
          i -> {
            double stretched = Math.max(0, Math.min(1, (i - from) / width));
            double plain = plain(base, size, i);
            return plain / factor * stretched + plain * (1 - stretched);
          });
    }

    /** The pair that turns so many times in a row as long as in pretraining. */
    private double pair(double turns, double base, int size) {
      return size * Math.log(pretrained / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }
  }
}
