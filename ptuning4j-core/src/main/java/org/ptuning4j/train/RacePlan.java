package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How long the rounds of a race of several starts are: after each the better half goes on
 * (successive halving), and all together cost no more than half of the run that follows.
 *
 * @param starts how many there are, 2 or more
 * @param steps the steps of each round
 */
record RacePlan(int starts, int steps) {

  /** What the losers, the evaluations and the judging may cost, as a part of the run's cost. */
  private static final double EXTRA = 0.5;

  /** A forward pass beside a whole step over the same rows. */
  private static final double FORWARD = 1.0 / 3;

  /**
   * What a run costs, in steps.
   *
   * @param steps its own
   * @param stepsBetweenEvaluations how often it evaluates
   * @param evaluation what one evaluation costs
   * @param judging what it costs to find how good a start is
   */
  record Costs(int steps, int stepsBetweenEvaluations, double evaluation, double judging) {

    /** The cost of rows that are passed without a gradient. */
    static double ofRows(int rows, double rowsOfStep) {
      return FORWARD * rows / rowsOfStep;
    }

    private double evaluations(int made) {
      int count = made / Math.max(1, stepsBetweenEvaluations);
      return evaluation * count;
    }

    private double run() {
      return steps + evaluations(steps);
    }
  }

  /** The longest rounds that the run can afford; empty where it cannot afford one step. */
  static OptionalInt longest(int starts, Costs costs) {
    for (int steps = costs.steps() / starts; steps > 0; steps--) {
      if (new RacePlan(starts, steps).extra(costs) <= EXTRA * costs.run()) {
        return OptionalInt.of(steps);
      }
    }
    return OptionalInt.empty();
  }

  /** How many take part in each round. */
  List<Integer> rounds() {
    List<Integer> rounds = new ArrayList<>();
    for (int left = starts; left > 1; left = after(left)) {
      rounds.add(left);
    }
    return rounds;
  }

  /** How many are left of so many. */
  static int after(int left) {
    return (left + 1) / 2;
  }

  /** What the race costs beyond the winner's own steps. */
  double extra(Costs costs) {
    double extra = 0;
    int made = 0;
    for (int left : rounds()) {
      made += steps;
      extra += left * costs.judging();
      extra += (left - after(left)) * (made + costs.evaluations(made));
    }
    return extra;
  }
}
