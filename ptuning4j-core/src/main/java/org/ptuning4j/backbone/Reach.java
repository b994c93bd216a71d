package org.ptuning4j.backbone;

/**
 * How far attention reaches: which positions of a row a token may attend to, padding apart. Columns
 * of a prefix are within every reach.
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
   * Whether a token attends to everything before it, however far: then what comes before can be a
   * prefix.
   */
  default boolean isUnlimitedBack() {
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
    public boolean isUnlimitedBack() {
      return one.isUnlimitedBack() && other.isUnlimitedBack();
    }

    @Override
    public boolean isSameInAllRows() {
      return one.isSameInAllRows() && other.isSameInAllRows();
    }
  }
}
