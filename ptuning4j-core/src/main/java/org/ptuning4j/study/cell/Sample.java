package org.ptuning4j.study.cell;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;

/**
 * The same quantity measured with several seeds.
 *
 * @param values by seed, at least one; sorted
 */
public record Sample(Map<Long, Double> values) {

  /** Checks and copies the values. */
  public Sample {
    if (values.isEmpty()) {
      throw InvalidInputException.of("sample: at least one value is needed");
    }
    values.forEach(
        (seed, value) -> {
          if (value == null || !Double.isFinite(value)) {
            throw InvalidInputException.of("sample: %s of seed %d is not finite", value, seed);
          }
        });
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** How many seeds. */
  public int size() {
    return values.size();
  }

  /** The arithmetic mean. */
  public double mean() {
    return values.values().stream().mapToDouble(Double::doubleValue).sum() / values.size();
  }

  /** The sample's standard deviation (n − 1 in the denominator); 0 for a single seed. */
  public double sd() {
    if (values.size() < 2) {
      return 0;
    }
    double mean = mean();
    double squares = 0;
    for (double value : values.values()) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.size() - 1));
  }
}
