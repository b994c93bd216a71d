package org.ptuning4j.backbone;

import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * How far attention reaches: which positions of a row a token may attend to, padding apart. Columns
 * of a prefix are within every reach but a causal window.
 */
public sealed interface Reach {

  /** The whole row, as encoders have it. */
  static Reach everything() {
    return new Everything();
  }

  /** The token itself and all before it, as decoders have it. */
  static Reach causal() {
    return new Causal();
  }

  /**
   * Whether a token attends to another.
   *
   * @param row the row
   * @param from the column of the token that attends
   * @param to the column of the other
   */
  boolean covers(int row, int from, int to);

  /** Whether all rows have the same. */
  default boolean isSameInAllRows() {
    return true;
  }

  /** Whether it is no limit at all. */
  default boolean coversEverything() {
    return false;
  }

  /**
   * Whether what comes before can be a prefix: a token attends to all of it, or as far as {@link
   * #intoPrefix} says.
   */
  default boolean isUnlimitedBack() {
    return true;
  }

  /**
   * How far back into a prefix a token reaches: the prefix's columns are counted back from the
   * text's first token, which is at distance 1 from the last of them. Empty where every token sees
   * the whole prefix.
   */
  default OptionalInt intoPrefix() {
    return OptionalInt.empty();
  }

  /**
   * Whether two columns belong to the same text: a row may hold several, none of which sees
   * another.
   */
  default boolean isSameText(int row, int one, int other) {
    return true;
  }

  /** What lies within this reach and another. */
  default Reach and(Reach other) {
    if (coversEverything()) {
      return other;
    }
    return other.coversEverything() || equals(other) ? this : new Both(this, other);
  }

  /** The whole row. */
  record Everything() implements Reach {

    @Override
    public boolean coversEverything() {
      return true;
    }

    @Override
    public boolean covers(int row, int from, int to) {
      return true;
    }
  }

  /**
   * The neighbours, on both sides.
   *
   * @param distance the largest distance that is covered
   */
  record Window(int distance) implements Reach {

    /** Checks the distance. */
    public Window {
      if (distance < 0) {
        throw new IllegalArgumentException("a window's distance is " + distance + ", at least 0");
      }
    }

    @Override
    public boolean covers(int row, int from, int to) {
      return Math.abs(from - to) <= distance;
    }

    @Override
    public boolean isUnlimitedBack() {
      return false;
    }
  }

  /** The token itself and all before it. */
  record Causal() implements Reach {

    @Override
    public boolean covers(int row, int from, int to) {
      return to <= from;
    }
  }

  /**
   * The token itself and so many before it less one, as Mistral has it. A prefix lies before the
   * text, and is seen only as far as the window goes.
   *
   * @param length how many tokens are seen, the token itself included
   */
  record CausalWindow(int length) implements Reach {

    /** Checks the length. */
    public CausalWindow {
      if (length < 1) {
        throw new IllegalArgumentException("a window's length is " + length + ", at least 1");
      }
    }

    @Override
    public boolean covers(int row, int from, int to) {
      return to <= from && from - to < length;
    }

    @Override
    public OptionalInt intoPrefix() {
      return OptionalInt.of(length - 1);
    }
  }

  /**
   * A part at the beginning that all attend to, and causal from there on, as prefix language models
   * have it.
   *
   * @param visible {@code [B]}: the length of each row's visible part
   */
  @SuppressWarnings("ArrayRecordComponent") // made for one batch, and compared by identity
  record VisibleThenCausal(int[] visible) implements Reach {

    @Override
    public boolean covers(int row, int from, int to) {
      return to < visible[row] || to <= from;
    }

    @Override
    public boolean isSameInAllRows() {
      return false;
    }
  }

  /**
   * Several texts in each row, none of which sees another.
   *
   * @param columns n
   * @param texts {@code [B, n]}, row-major: which of its row's texts a column belongs to
   */
  @SuppressWarnings("ArrayRecordComponent") // made for one batch, and compared by identity
  record WithinTexts(int columns, int[] texts) implements Reach {

    @Override
    public boolean covers(int row, int from, int to) {
      return isSameText(row, from, to);
    }

    @Override
    public boolean isSameText(int row, int one, int other) {
      return texts[row * columns + one] == texts[row * columns + other];
    }

    @Override
    public boolean isUnlimitedBack() {
      return false;
    }

    @Override
    public boolean isSameInAllRows() {
      return false;
    }
  }

  /**
   * What lies within both.
   *
   * @param one the one
   * @param other the other
   */
  record Both(Reach one, Reach other) implements Reach {

    @Override
    public boolean covers(int row, int from, int to) {
      return one.covers(row, from, to) && other.covers(row, from, to);
    }

    @Override
    public boolean isSameText(int row, int from, int to) {
      return one.isSameText(row, from, to) && other.isSameText(row, from, to);
    }

    @Override
    public boolean isUnlimitedBack() {
      return one.isUnlimitedBack() && other.isUnlimitedBack();
    }

    @Override
    public OptionalInt intoPrefix() {
      return Stream.of(one.intoPrefix(), other.intoPrefix())
          .flatMapToInt(OptionalInt::stream)
          .min();
    }

    @Override
    public boolean isSameInAllRows() {
      return one.isSameInAllRows() && other.isSameInAllRows();
    }
  }
}
