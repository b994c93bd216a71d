package org.ptuning4j.settings;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The values that a setting can have: how they are written, and which of them are allowed.
 *
 * @param <T> the type of a value
 */
public interface Values<T> {

  /** The placeholder of a value in a list of options, such as {@code N}. */
  String placeholder();

  /** What a value is, such as {@code a whole number}. */
  String kind();

  /** Which values are allowed, such as {@code 1 or more}; empty where the kind says it all. */
  String range();

  /**
   * Reads a value as it is written in files and on the command line.
   *
   * @return empty if the text is not of this kind
   * @throws org.ptuning4j.InvalidInputException where the kind itself can say better what is wrong
   */
  Optional<T> parse(String text);

  /** Whether a value of this kind is in the range. */
  boolean allows(T value);

  /** The value as JSON has it: a text, a number or a truth value. */
  Object plain(T value);

  /** The value as people read it. */
  default String shown(T value) {
    return String.valueOf(plain(value));
  }

  /** All values as they are written, where they can be listed; else nothing. */
  default List<String> choices() {
    return List.of();
  }

  /** Whether the values are true and false, so that naming the setting is enough to say true. */
  default boolean isFlag() {
    return false;
  }

  /** Whole numbers of at least so much. */
  static Values<Integer> atLeast(int least) {
    return new WholeNumbers(least, Integer.MAX_VALUE);
  }

  /** Whole numbers between two, both included. */
  static Values<Integer> between(int least, int most) {
    return new WholeNumbers(least, most);
  }

  /** Whole numbers of 64 bits. */
  static Values<Long> anyWholeNumber() {
    return new LongNumbers();
  }

  /** Finite numbers of at least so much. */
  static Values<Double> fromNumber(double least) {
    return new Numbers(least, true, Double.POSITIVE_INFINITY, false);
  }

  /** Finite numbers above another. */
  static Values<Double> above(double least) {
    return new Numbers(least, false, Double.POSITIVE_INFINITY, false);
  }

  /** Numbers in [0, 1). */
  static Values<Double> shares() {
    return new Numbers(0, true, 1, false);
  }

  /** Numbers above 0, up to another and including it. */
  static Values<Double> upTo(double most) {
    return new Numbers(0, false, most, true);
  }

  /** Others, or {@code auto}, which is empty: what the program finds itself. */
  static <T> Values<Optional<T>> orAuto(Values<T> others) {
    return new OrAuto<>(others);
  }

  /** True and false. */
  static Values<Boolean> flags() {
    return new Flags();
  }

  /**
   * The values of an enumeration.
   *
   * @param label how each is written
   */
  static <E extends Enum<E>> Values<E> choice(
      String placeholder, Class<E> type, Function<E, String> label) {
    return new Choice<>(placeholder, List.of(type.getEnumConstants()), label);
  }

  /** Some constants of an enumeration. */
  static <E extends Enum<E>> Values<E> choice(
      String placeholder, List<E> some, Function<E, String> label) {
    return new Choice<>(placeholder, some, label);
  }

  /** Some texts. */
  static Values<String> choice(String placeholder, List<String> texts) {
    return new Choice<>(placeholder, texts, Function.identity());
  }

  /**
   * Texts with a form of their own.
   *
   * @param forms what the forms are, such as {@code all, top:K or numbers}
   * @param read reads one; throws an {@link org.ptuning4j.InvalidInputException} that says what is
   *     wrong
   * @param write writes what {@code read} reads
   */
  static <T> Values<T> texts(
      String placeholder, String forms, Function<String, T> read, Function<T, String> write) {
    return new Texts<>(placeholder, forms, read, write);
  }
}
