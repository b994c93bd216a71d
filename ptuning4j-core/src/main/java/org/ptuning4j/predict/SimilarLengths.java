package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/** Which rows share a batch without much of it being padding. */
public final class SimilarLengths {

  /** Of two lengths that share a batch the longer is at most so many times the shorter. */
  private static final double SIMILAR = 1.5;

  /** Lengths below are alike: so short rows are computed at the same cost. */
  private static final int SHORT = 24;

  private SimilarLengths() {}

  /**
   * Whether rows of these lengths may share a batch.
   *
   * @param shortest tokens of the shortest of them
   * @param longest tokens of the longest
   */
  public static boolean areAlike(int shortest, int longest) {
    return Math.max(SHORT, longest) <= SIMILAR * Math.max(SHORT, shortest);
  }

  /**
   * Rows in groups of similar length, the longest first; those of one length keep their order.
   *
   * @param length tokens of a row
   */
  static <T> List<List<T>> groups(List<T> rows, ToIntFunction<T> length) {
    List<T> longestFirst =
        rows.stream().sorted(Comparator.comparingInt(length).reversed()).toList();
    List<List<T>> groups = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= longestFirst.size(); i++) {
      if (i == longestFirst.size()
          || !areAlike(
              length.applyAsInt(longestFirst.get(i)), length.applyAsInt(longestFirst.get(start)))) {
        groups.add(longestFirst.subList(start, i));
        start = i;
      }
    }
    return groups;
  }
}
