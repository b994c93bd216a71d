package org.ptuning4j.settings;

import java.util.Optional;

/**
 * Whole numbers of 32 bits.
 *
 * @param least the smallest that is allowed
 * @param most the largest that is allowed
 */
record WholeNumbers(int least, int most) implements Values<Integer> {

  @Override
  public String placeholder() {
    return "N";
  }

  @Override
  public String kind() {
    return "a whole number";
  }

  @Override
  public String range() {
    return most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
  }

  @Override
  public Optional<Integer> parse(String text) {
    try {
      return Optional.of(Integer.valueOf(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean allows(Integer value) {
    return value >= least && value <= most;
  }

  @Override
  public Object plain(Integer value) {
    return value;
  }
}
