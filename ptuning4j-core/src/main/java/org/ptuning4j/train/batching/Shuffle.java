package org.ptuning4j.train.batching;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random orders that depend on a seed and an epoch alone. The bounded numbers are drawn here from
 * raw 64-bit ones, because how the JDK draws them may change between its versions and a resumed run
 * must go on with the same order.
 */
final class Shuffle {

  private final SplittableRandom random;

  Shuffle(long seed, int epoch) {
    // Not seed + epoch: neighbouring seeds would then share their orders, an epoch apart.
    random = new SplittableRandom(new SplittableRandom(seed).nextLong() + epoch);
  }

  void apply(int[] values) {
    for (int last = values.length - 1; last > 0; last--) {
      int other = below(last + 1);
      int swapped = values[last];
      values[last] = values[other];
      values[other] = swapped;
    }
  }

  void apply(List<?> values) {
    for (int last = values.size() - 1; last > 0; last--) {
      Collections.swap(values, last, below(last + 1));
    }
  }

  /** A number from 0 to bound − 1, from 32 random bits (its bias is below bound / 2³²). */
  private int below(int bound) {
    return (int) (((random.nextLong() >>> 32) * bound) >>> 32);
  }
}
