package org.ptuning4j.settings;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/**
 * A setting's one declaration. From it come the command's option, the key in YAML and JSON, the
 * check of a value, the help and the table in the documentation.
 *
 * @param name its name, lower case with hyphens, such as {@code prompt-length}: {@code
 *     --prompt-length} as an option, {@code prompt_length} in JSON
 * @param shortName its name among the settings of its method, such as {@code length}; the same as
 *     {@code name} where there is no shorter one
 * @param values which values it can have
 * @param byDefault the value where none is given; empty where it depends on something else
 * @param defaultInWords the default as people read it
 * @param bare the value where the option is given without one; empty where it needs one
 * @param help what it does, in a sentence or two, without range and default
 * @param <T> the type of its values
 */
public record Setting<T>(
    String name,
    String shortName,
    Values<T> values,
    Optional<T> byDefault,
    String defaultInWords,
    Optional<T> bare,
    String help) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  /** Checks names and default. */
  public Setting {
    for (String each : List.of(name, shortName)) {
      if (!NAME.matcher(each).matches()) {
        throw InvalidInputException.of(
            "setting '%s': a name is of lower-case letters, digits and single hyphens", each);
      }
    }
    if (byDefault.isPresent() && !values.allows(byDefault.get())) {
      throw InvalidInputException.of(
          "setting '%s': its default %s must be %s",
          name, values.shown(byDefault.get()), values.range());
    }
  }

  /** A setting with a default. */
  public static <T> Setting<T> of(String name, Values<T> values, T byDefault, String help) {
    return new Setting<>(
        name,
        name,
        values,
        Optional.of(byDefault),
        values.shown(byDefault),
        Optional.empty(),
        help);
  }

  /**
   * A setting whose default depends on something else, or that is not set unless it is given.
   *
   * @param defaultInWords what holds where it is not given
   */
  public static <T> Setting<T> unset(
      String name, Values<T> values, String defaultInWords, String help) {
    return new Setting<>(
        name, name, values, Optional.empty(), defaultInWords, Optional.empty(), help);
  }

  /** With a shorter name among the settings of its method. */
  public Setting<T> calledWithin(String shorter) {
    return new Setting<>(name, shorter, values, byDefault, defaultInWords, bare, help);
  }

  /** With more words for its default. */
  public Setting<T> defaultTold(String words) {
    return new Setting<>(name, shortName, values, byDefault, words, bare, help);
  }

  /** With a value for the option that is given without one. */
  public Setting<T> bareMeans(T value) {
    return new Setting<>(
        name, shortName, values, byDefault, defaultInWords, Optional.of(value), help);
  }

  /** With other values allowed. */
  public Setting<T> allowing(Values<T> others) {
    return new Setting<>(name, shortName, others, byDefault, defaultInWords, bare, help);
  }

  /** With another default. */
  public Setting<T> startingAt(T value) {
    return new Setting<>(
        name, shortName, values, Optional.of(value), values.shown(value), bare, help);
  }

  /** Whether a name means this setting: hyphens and underscores are the same. */
  public boolean isCalled(String given) {
    String plain = given.replace('_', '-');
    return plain.equals(name) || plain.equals(shortName);
  }

  /** The key in JSON. */
  public String key() {
    return name.replace('-', '_');
  }

  /**
   * Reads a value as it is written.
   *
   * @throws InvalidInputException if it is of another kind or out of range; the message names the
   *     setting, the value and what is allowed
   */
  public T read(String text) {
    T value =
        values
            .parse(text)
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        name, "'" + text + "' is not " + values.kind() + guess(text)));
    return require(value);
  }

  private String guess(String text) {
    return Spelling.closest(text, values.choices())
        .map(near -> "; did you mean '" + near + "'?")
        .orElse("");
  }

  /**
   * The value itself, checked.
   *
   * @throws InvalidSettingException if it is out of range
   */
  public T require(T value) {
    if (!values.allows(value)) {
      boolean interval = values.range().startsWith("in ");
      throw new InvalidSettingException(
          name, values.shown(value) + (interval ? " must lie " : " must be ") + values.range());
    }
    return value;
  }

  /**
   * The value where there is one, checked.
   *
   * @throws InvalidSettingException if it is out of range
   */
  public Optional<T> require(Optional<T> value) {
    value.ifPresent(this::require);
    return value;
  }
}
