package org.ptuning4j.settings;

import java.util.List;
import java.util.Optional;

/** True and false. */
record Flags() implements Values<Boolean> {

  @Override
  public String placeholder() {
    return "";
  }

  @Override
  public String kind() {
    return "true or false";
  }

  @Override
  public String range() {
    return "";
  }

  @Override
  public Optional<Boolean> parse(String text) {
    return switch (text.strip()) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  @Override
  public boolean allows(Boolean value) {
    return true;
  }

  @Override
  public Object plain(Boolean value) {
    return value;
  }

  @Override
  public List<String> choices() {
    return List.of("true", "false");
  }

  @Override
  public boolean isFlag() {
    return true;
  }
}
