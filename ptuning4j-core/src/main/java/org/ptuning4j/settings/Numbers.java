package org.ptuning4j.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finite numbers.
 *
 * @param least the lower bound
 * @param withLeast whether the lower bound itself is allowed
 * @param most the upper bound
 * @param withMost whether the upper bound itself is allowed
 */
record Numbers(double least, boolean withLeast, double most, boolean withMost)
    implements Values<Double> {

  /** As people write numbers: not 1f, NaN or 0x1p3, which Java would take. */
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

  @Override
  public String placeholder() {
    return "X";
  }

  @Override
  public String kind() {
    return "a number";
  }

  @Override
  public String range() {
    if (most == Double.POSITIVE_INFINITY) {
      return withLeast ? shown(least) + " or more" : "more than " + shown(least);
    }
    return "in "
        + (withLeast ? "[" : "(")
        + shown(least)
        + ", "
        + shown(most)
        + (withMost ? "]" : ")");
  }

  /** Without {@code .0}, and with a small e: 0, 0.05, 1e-8. */
  @Override
  public String shown(Double value) {
    return value.toString().toLowerCase(Locale.ROOT).replaceFirst("\\.0(?=e|$)", "");
  }

  @Override
  public Optional<Double> parse(String text) {
    String number = text.strip();
    return DECIMAL.matcher(number).matches()
        ? Optional.of(Double.valueOf(number))
        : Optional.empty();
  }

  @Override
  public boolean allows(Double value) {
    return (withLeast ? value >= least : value > least)
        && (withMost ? value <= most : value < most);
  }

  @Override
  public Object plain(Double value) {
    return value;
  }
}
