package org.ptuning4j.prompt;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;

/**
 * The settings of a method as the command line or a YAML file gives them: by name, as text, numbers
 * or truth values. What is not set is left to the method's defaults. Names may be written with
 * hyphens or underscores.
 */
public final class MethodSettings {

  /** P, the number of virtual or soft tokens. */
  public static final String LENGTH = "length";

  /** Which layers carry the prompt, as {@link LayerRange} reads it. */
  public static final String LAYERS = "layers";

  /** The width of P-Tuning v2's projection. */
  public static final String PROJECTION = "projection";

  /** The dropout rate on the prompt. */
  public static final String PROMPT_DROPOUT = "prompt-dropout";

  /** Where the text's positions begin, as {@link PositionConvention} reads it. */
  public static final String POSITIONS = "positions";

  /** How the prompt starts, as {@link Initialisation} or {@link Start} reads it. */
  public static final String INIT = "init";

  /** The prompt encoder, as {@link PTuning.Encoder} reads it. */
  public static final String ENCODER = "encoder";

  /** The width inside the prompt encoder or prefix tuning's MLP. */
  public static final String HIDDEN = "hidden";

  /** Whether the backbone is trained together with the prompt. */
  public static final String JOINT = "joint";

  /** The words from which a prompt starts: short for {@code init} {@code text:…}. */
  public static final String WORDS = "words";

  /** Whether there are offsets in every layer. */
  public static final String DEEP = "deep";

  /** P where nothing is said: a good first try for all methods. */
  public static final int DEFAULT_LENGTH = 20;

  private final Map<String, Object> values;

  private MethodSettings(Map<String, Object> values) {
    this.values = values;
  }

  /** Settings by name; those whose value is null are not set. */
  public static MethodSettings of(Map<String, ?> values) {
    Map<String, Object> set = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (value != null) {
            set.put(name.replace('_', '-'), value);
          }
        });
    return new MethodSettings(Collections.unmodifiableMap(set));
  }

  /** The names of the settings that are set, in alphabetical order. */
  public Set<String> names() {
    return values.keySet();
  }

  /** P. */
  public int length() {
    return integer(LENGTH).orElse(DEFAULT_LENGTH);
  }

  /**
   * A whole number.
   *
   * @throws InvalidInputException if it is set to something else
   */
  public Optional<Integer> integer(String name) {
    return text(name)
        .map(
            text -> {
              try {
                return Integer.valueOf(text);
              } catch (NumberFormatException e) {
                throw new InvalidInputException(
                    String.format(Locale.ROOT, "%s: '%s' is not a whole number", name, text), e);
              }
            });
  }

  /**
   * A number.
   *
   * @throws InvalidInputException if it is set to something else
   */
  public Optional<Double> number(String name) {
    return text(name)
        .map(
            text -> {
              try {
                return Double.valueOf(text);
              } catch (NumberFormatException e) {
                throw new InvalidInputException(
                    String.format(Locale.ROOT, "%s: '%s' is not a number", name, text), e);
              }
            });
  }

  /**
   * A truth value.
   *
   * @throws InvalidInputException if it is set to something other than true or false
   */
  public Optional<Boolean> flag(String name) {
    return text(name)
        .map(
            text ->
                switch (text) {
                  case "true" -> true;
                  case "false" -> false;
                  default ->
                      throw InvalidInputException.of("%s: '%s' is not true or false", name, text);
                });
  }

  /** A text. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(Object::toString);
  }

  /** How vectors at the input start: {@link #INIT} or {@link #WORDS}, whichever is set. */
  Optional<Start> start() {
    Optional<String> words = text(WORDS);
    Optional<String> init = text(INIT);
    if (words.isPresent() && init.isPresent()) {
      throw InvalidInputException.of(
          "words: '%s' and init: '%s' both say how the prompt starts; set one of them",
          words.get(), init.get());
    }
    return words.map(Start::text).or(() -> init.map(Start::new));
  }
}
