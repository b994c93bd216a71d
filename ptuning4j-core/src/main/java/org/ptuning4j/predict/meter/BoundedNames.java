package org.ptuning4j.predict.meter;

import java.util.HashSet;
import java.util.Set;

/** The first names of a kind, and one for all others, so that there are never more. Thread-safe. */
final class BoundedNames {

  private final int most;
  private final String others;
  private final Set<String> known = new HashSet<>();

  BoundedNames(int most, String others) {
    this.most = most;
    this.others = others;
  }

  /** The name itself, or that of all others. */
  synchronized String of(String name) {
    if (known.contains(name)) {
      return name;
    }
    if (known.size() < most) {
      known.add(name);
      return name;
    }
    return others;
  }
}
