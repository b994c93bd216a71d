package org.ptuning4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of similar length.
 *
 * @param from the shortest, in words
 * @param to the longest
 * @param rows how many
 * @param right the mean of their scores, 0 to 1
 */
public record LengthBand(int from, int to, int rows, double right) {

  /**
   * Rows in bands of about the same number, the shortest first; rows of one length stay together.
   *
   * @param lengths of each row, in words
   * @param scores of each row, 0 to 1
   * @param bands how many at most
   */
  public static List<LengthBand> of(int[] lengths, double[] scores, int bands) {
    List<Integer> order =
        IntStream.range(0, lengths.length)
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> lengths[i]).thenComparing(i -> i))
            .toList();
    List<LengthBand> all = new ArrayList<>();
    int start = 0;
    for (int band = 1; band <= bands && start < order.size(); band++) {
      int end = (int) Math.round(order.size() * band / (double) bands);
      end = Math.max(start + 1, end);
      while (end < order.size() && lengths[order.get(end)] == lengths[order.get(end - 1)]) {
        end++;
      }
      double sum = 0;
      for (int i = start; i < end; i++) {
        sum += scores[order.get(i)];
      }
      all.add(
          new LengthBand(
              lengths[order.get(start)],
              lengths[order.get(end - 1)],
              end - start,
              sum / (end - start)));
      start = end;
    }
    return all;
  }
}
