package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;
import org.ptuning4j.InvalidInputException;

/**
 * How high the right candidates are ranked, as in LAMA (Petroni et al., 2019; there called P@k,
 * with one right candidate per query). All figures are 0 to 1.
 */
public final class RankingMetrics {

  private final int[] ranks;

  private RankingMetrics(int[] ranks) {
    this.ranks = ranks;
  }

  /**
   * Takes the ranks.
   *
   * @param ranks for each query the rank of its right candidate; 1 is the best
   * @throws InvalidInputException where there is no query, or a rank is below 1
   */
  public static RankingMetrics of(int[] ranks) {
    if (ranks.length == 0) {
      throw new InvalidInputException("no ranks to score: there must be one at least");
    }
    for (int i = 0; i < ranks.length; i++) {
      if (ranks[i] < 1) {
        throw InvalidInputException.of("rank %d of query %d: must be 1 or more", ranks[i], i);
      }
    }
    return new RankingMetrics(ranks.clone());
  }

  /** How many queries there are. */
  public int queries() {
    return ranks.length;
  }

  /** The share of queries whose right candidate is ranked first. */
  public double hitAt1() {
    return hitAt(1);
  }

  /** The share of queries whose right candidate is among the first ten. */
  public double hitAt10() {
    return hitAt(10);
  }

  /**
   * The share of queries whose right candidate is among the first k.
   *
   * @throws InvalidInputException where k is below 1
   */
  public double hitAt(int k) {
    if (k < 1) {
      throw InvalidInputException.of("hit@%d: k must be 1 or more", k);
    }
    return (double) Arrays.stream(ranks).filter(rank -> rank <= k).count() / ranks.length;
  }

  /** The mean of 1 ÷ rank: MRR. */
  public double meanReciprocalRank() {
    return Arrays.stream(ranks).mapToDouble(rank -> 1.0 / rank).sum() / ranks.length;
  }

  /**
   * The mean of a figure over groups, such as LAMA's relations, each counting the same whatever its
   * size: {@code macro(relations, RankingMetrics::hitAt1)}.
   *
   * @throws InvalidInputException where there is no group
   */
  public static double macro(
      Collection<RankingMetrics> groups, ToDoubleFunction<RankingMetrics> figure) {
    if (groups.isEmpty()) {
      throw new InvalidInputException("no groups to average: there must be one at least");
    }
    return groups.stream().mapToDouble(figure).sum() / groups.size();
  }
}
