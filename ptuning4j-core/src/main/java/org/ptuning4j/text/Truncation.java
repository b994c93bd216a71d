package org.ptuning4j.text;

import java.util.Objects;
import org.ptuning4j.InvalidInputException;

/**
 * How a text that is too long is cut.
 *
 * @param maxLength the most tokens n of an encoding, special tokens included; at least 1. Ignored
 *     by {@link Strategy#NONE}
 * @param strategy which of two texts loses tokens
 * @param stride how many tokens neighbouring windows share, counted in the text that is cut; from 0
 *     to maxLength - 1, and less than what the special tokens and the other text leave free
 * @param direction which side is cut off
 */
public record Truncation(int maxLength, Strategy strategy, int stride, Direction direction) {

  /** Which text loses tokens when a pair is too long. */
  public enum Strategy {
    /** The longer text first, until both are equally long; then both. */
    LONGEST_FIRST,
    /** Only the first text. */
    ONLY_FIRST,
    /** Only the second text, as question answering cuts the passage and keeps the question. */
    ONLY_SECOND,
    /** Nothing is cut. */
    NONE
  }

  /** Which side of a text is cut off. */
  public enum Direction {
    /** The end is cut off, the start stays. */
    RIGHT,
    /** The start is cut off, the end stays. */
    LEFT
  }

  /**
   * Checks the values.
   *
   * @throws InvalidInputException when maxLength is below 1, or stride is not within 0 and
   *     maxLength - 1
   */
  public Truncation {
    Objects.requireNonNull(strategy, "strategy");
    Objects.requireNonNull(direction, "direction");
    if (maxLength < 1) {
      throw InvalidInputException.of(
          "truncation: maxLength is %d; it must be 1 or more", maxLength);
    }
    if (stride < 0 || stride >= maxLength) {
      throw InvalidInputException.of(
          "truncation: stride is %d; it must be from 0 to maxLength - 1 = %d",
          stride, maxLength - 1);
    }
  }

  /** Cuts off the end. */
  public Truncation(int maxLength, Strategy strategy, int stride) {
    this(maxLength, strategy, stride, Direction.RIGHT);
  }

  /** Nothing is cut, however long the text. */
  public static Truncation none() {
    return new Truncation(Integer.MAX_VALUE, Strategy.NONE, 0);
  }

  /** The usual one: the longest text first, from the right, no overlap. */
  public static Truncation to(int maxLength) {
    return new Truncation(maxLength, Strategy.LONGEST_FIRST, 0);
  }

  /**
   * How many tokens of each text stay in the first window.
   *
   * @param first tokens of the first text
   * @param second tokens of the second text, 0 where there is none
   * @param added special tokens that the template adds
   * @param firstIsLonger whether the first text counts as the longer one, which keeps the odd token
   *     where both are cut
   * @throws InvalidInputException when the strategy cannot reach maxLength
   */
  Kept keep(int first, int second, int added, boolean firstIsLonger) {
    if (strategy == Strategy.NONE || (long) first + second + added <= maxLength) {
      return new Kept(first, second);
    }
    int room = maxLength - added;
    if (room < 0) {
      throw InvalidInputException.of(
          "truncation: maxLength is %d, but the special tokens alone are %d", maxLength, added);
    }
    if (room == 0) {
      return new Kept(0, 0);
    }
    Kept kept =
        switch (strategy) {
          case LONGEST_FIRST -> longestFirst(Math.min(first, second), room, firstIsLonger);
          case ONLY_FIRST -> new Kept(room - second, second);
          case ONLY_SECOND -> new Kept(first, room - first);
          case NONE -> throw new AssertionError("handled above");
        };
    requireReachable(kept, first, second, added);
    requireStride(kept.first(), first);
    requireStride(kept.second(), second);
    return kept;
  }

  /** Only the longer text is cut while the shorter fits into half the room, else both to half. */
  private static Kept longestFirst(int shorter, int room, boolean firstIsLonger) {
    int less = Math.min(shorter, room / 2);
    return firstIsLonger ? new Kept(room - less, less) : new Kept(less, room - less);
  }

  private void requireReachable(Kept kept, int first, int second, int added) {
    boolean reachable =
        switch (strategy) {
          case ONLY_FIRST -> kept.first() > 0;
          case ONLY_SECOND -> kept.second() > 0;
          case LONGEST_FIRST, NONE -> true;
        };
    if (!reachable) {
      throw InvalidInputException.of(
          "truncation: %s cannot reach maxLength %d: the first text has %d tokens, the second %d,"
              + " and %d are special; give a larger maxLength, a shorter text or LONGEST_FIRST",
          strategy, maxLength, first, second, added);
    }
  }

  private void requireStride(int kept, int length) {
    if (kept > 0 && kept < length && stride >= kept) {
      throw InvalidInputException.of(
          "truncation: stride %d must be less than the %d tokens of the text that fit into"
              + " maxLength %d",
          stride, kept, maxLength);
    }
  }

  /** Numbers of tokens that stay of each text. */
  record Kept(int first, int second) {}
}
