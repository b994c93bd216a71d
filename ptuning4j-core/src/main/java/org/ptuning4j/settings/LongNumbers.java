package org.ptuning4j.settings;

import java.util.Optional;

/** All whole numbers of 64 bits. */
record LongNumbers() implements Values<Long> {

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
    return "";
  }

  @Override
  public Optional<Long> parse(String text) {
    try {
      return Optional.of(Long.valueOf(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean allows(Long value) {
    return true;
  }

  @Override
  public Object plain(Long value) {
    return value;
  }
}
