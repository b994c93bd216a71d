package org.ptuning4j.tensor;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ptuning4j.tensor.file.TensorInfo;

/**
 * Random numbers that are a function of a seed and a position: SplitMix64 (Steele, Lea and Flood,
 * OOPSLA 2014) over a counter. The same seed gives the same numbers on every machine, a stream is
 * resumed by its position alone, and a bit costs a hundredth of what libtorch's generator takes for
 * it. Not thread-safe.
 */
public final class RandomStream {

  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;
  private long position;

  private RandomStream(long seed, long position) {
    this.seed = seed;
    this.position = position;
  }

  /** The stream of a seed, at its start. */
  public static RandomStream of(long seed) {
    return new RandomStream(mix(seed + GAMMA), 0);
  }

  /** The same stream at a {@link #position} noted earlier. */
  public static RandomStream at(RandomStream stream, long position) {
    return new RandomStream(stream.seed, position);
  }

  /**
   * A stream of its own for each purpose, so that more draws for one leave the others as they are.
   */
  public static RandomStream of(long seed, String purpose) {
    return of(seed ^ mix(purpose.hashCode()));
  }

  /** How many 64-bit numbers have been drawn. */
  public long position() {
    return position;
  }

  /** The next 64 random bits. */
  public long nextLong() {
    return mix(seed + GAMMA * ++position);
  }

  /** Uniform in [0, bound). */
  public int nextInt(int bound) {
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** Uniform in (0, 1]. */
  public double nextDouble() {
    return ((nextLong() >>> 11) + 1) * 0x1.0p-53;
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller). */
  public double nextGaussian() {
    return Math.sqrt(-2 * Math.log(nextDouble())) * Math.cos(2 * Math.PI * nextDouble());
  }

  /** An fp32 CPU tensor of the given shape, entries drawn from N(0, deviation²). */
  public Tensor gaussian(double deviation, long... shape) {
    float[] values = new float[Math.toIntExact(TensorInfo.of("", Dtype.F32, shape).elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * nextGaussian());
    }
    return Tensors.of(values, shape);
  }

  /** An int16 CPU tensor of {@code count} uniformly random 16-bit integers. */
  Tensor shorts(long count) {
    int words = Math.toIntExact((count + 3) / 4);
    Tensor bits =
        torch.empty(
            new long[] {words}, new TensorOptions(ScalarType.Long), new MemoryFormatOptional());
    new LongPointer(bits.data_ptr()).put(words(words), 0, words);
    return bits.view(ScalarType.Short).narrow(0, 0, count);
  }

  private long[] words(int count) {
    long[] words = new long[count];
    long start = seed + GAMMA * (position + 1);
    for (int i = 0; i < count; i++) {
      long z = start + GAMMA * i;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      words[i] = z ^ (z >>> 31);
    }
    position += count;
    return words;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
