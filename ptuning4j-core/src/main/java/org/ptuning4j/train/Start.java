package org.ptuning4j.train;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One of the starts of a race.
 *
 * @param name what it is called in the record of the race and in messages
 * @param seed of the run that it would be
 * @param pack the earlier pack whose prompt it takes; empty where it is fresh
 */
record Start(String name, long seed, Optional<Path> pack) {

  /** A fresh start, called by its seed. */
  static Start ofSeed(long seed) {
    return new Start(Long.toString(seed), seed, Optional.empty());
  }
}
