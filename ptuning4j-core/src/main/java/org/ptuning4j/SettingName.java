package org.ptuning4j;

/**
 * The name of a setting, such as {@code max-length}, where a message speaks of it. Who shows the
 * message knows how people set it, by an option {@code --max-length} for example; see {@link
 * InvalidInputException#message(java.util.function.UnaryOperator)}.
 *
 * @param name the setting's name, in lower case with hyphens
 */
public record SettingName(String name) {

  /** Checks the form of the name. */
  public SettingName {
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException("'" + name + "' is no name of a setting");
    }
  }

  /** The name as it is. */
  @Override
  public String toString() {
    return name;
  }
}
