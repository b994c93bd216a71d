package org.ptuning4j.head;

import java.util.List;
import java.util.OptionalInt;

/** What is right for an {@link Item}; which of these it is depends on the kind of head. */
public sealed interface Target {

  /**
   * One of several is right.
   *
   * @param index the number of the class or candidate, or the id of the token, 0 or more
   */
  record Choice(int index) implements Target {

    /** Checks that it counts something. */
    public Choice {
      requireIndex("choice", index);
    }
  }

  /**
   * A number, in the unit that the head predicts.
   *
   * @param value finite
   */
  record Value(double value) implements Target {

    /** Checks that it is a number. */
    public Value {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("target value is " + value + ", must be finite");
      }
    }
  }

  /**
   * Any number of several is right.
   *
   * @param applies for each label or candidate, whether it is
   */
  record LabelSet(List<Boolean> applies) implements Target {

    /** Copies the list, and checks that it is not empty. */
    public LabelSet {
      applies = List.copyOf(applies);
      if (applies.isEmpty()) {
        throw new IllegalArgumentException("target label set is empty, needs one entry a label");
      }
    }

    /** Whether a single label or candidate applies. */
    public static LabelSet of(boolean applies) {
      return new LabelSet(List.of(applies));
    }
  }

  /**
   * A label for each position that is read.
   *
   * @param labels their numbers; empty for a position that is not trained on
   */
  record Tags(List<OptionalInt> labels) implements Target {

    /** Copies the list, and checks that it counts something. */
    public Tags {
      labels = List.copyOf(labels);
      labels.forEach(label -> label.ifPresent(index -> requireIndex("tag", index)));
    }
  }

  /**
   * A range of the positions that are read.
   *
   * @param start the index of the first; empty for one that is not trained on, as where it lies
   *     outside the item
   * @param end the same of the last
   */
  record Span(OptionalInt start, OptionalInt end) implements Target {

    /** Checks that they count something. */
    public Span {
      start.ifPresent(index -> requireIndex("span start", index));
      end.ifPresent(index -> requireIndex("span end", index));
    }

    /** A range of which both ends are known. */
    public static Span of(int start, int end) {
      return new Span(OptionalInt.of(start), OptionalInt.of(end));
    }
  }

  private static void requireIndex(String name, int index) {
    if (index < 0) {
      throw new IllegalArgumentException("target " + name + " is " + index + ", must be 0 or more");
    }
  }
}
