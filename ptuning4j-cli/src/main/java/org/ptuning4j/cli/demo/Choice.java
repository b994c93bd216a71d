package org.ptuning4j.cli.demo;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Seeded choices among words and phrases. {@link Random} has its algorithm in its specification, so
 * the same seed gives the same sentences on every Java.
 */
final class Choice {

  private final Random random;

  Choice(long seed) {
    this.random = new Random(seed);
  }

  <T> T of(List<T> options) {
    return options.get(random.nextInt(options.size()));
  }

  /** True for {@code percent} of a hundred calls. */
  boolean inPercent(int percent) {
    return random.nextInt(100) < percent;
  }

  /** Puts the list in random order, in place (Fisher and Yates). */
  <T> void shuffle(List<T> list) {
    for (int last = list.size() - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      T moved = list.set(other, list.get(last));
      list.set(last, moved);
    }
  }

  /** The sentence with its first letter in upper case. */
  static String capitalised(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }
}
