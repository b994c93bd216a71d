package org.ptuning4j.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Says which trial goes on (asynchronous successive halving): one that is among the best third of
 * those that came to its rung, the lowest rung first.
 */
record Promotions(Ladder ladder) {

  /**
   * A trial that goes on.
   *
   * @param trial which
   * @param epochs to how many
   */
  record Promotion(Trial trial, int epochs) {}

  /**
   * Those that go on from the lowest rung that has some. What they are depends on no order in which
   * trials of a rung were trained.
   */
  List<Promotion> next(List<Trial> trials) {
    List<Integer> rungs = ladder.rungs();
    for (int rung = 0; rung < rungs.size() - 1; rung++) {
      int epochs = rungs.get(rung);
      int further = rungs.get(rung + 1);
      List<Trial> here = at(trials, epochs);
      List<Promotion> next =
          here.subList(0, here.size() / Ladder.FACTOR).stream()
              .filter(each -> !each.hasFailed() && each.epochs() < further)
              .map(each -> new Promotion(each, further))
              .toList();
      if (!next.isEmpty()) {
        return next;
      }
    }
    return List.of();
  }

  /** Those that came to a rung, the best there first. */
  private static List<Trial> at(List<Trial> trials, int epochs) {
    List<Trial> here = new ArrayList<>();
    trials.stream().filter(each -> each.at(epochs).isPresent()).forEach(here::add);
    here.sort(
        Comparator.comparingDouble((Trial each) -> -each.at(epochs).orElseThrow().value())
            .thenComparingInt(Trial::number));
    return here;
  }

  /**
   * The two best of the first rung, as far as they have not come to the second, where they are
   * compared again; empty where the second is the last.
   */
  List<Promotion> semifinal(List<Trial> trials) {
    if (ladder.rungs().size() < 3) {
      return List.of();
    }
    int further = ladder.rungs().get(1);
    return at(trials, ladder.first()).stream()
        .filter(each -> !each.hasFailed())
        .limit(SearchBudget.FINALISTS)
        .filter(each -> each.epochs() < further)
        .map(each -> new Promotion(each, further))
        .toList();
  }

  /** The best trials, as far as they have not made all epochs yet. */
  List<Promotion> unfinished(List<Trial> trials, int best) {
    return trials.stream()
        .filter(Trial::counts)
        .sorted(Trial.BEST_FIRST)
        .limit(best)
        .filter(each -> each.epochs() < ladder.last())
        .map(each -> new Promotion(each, ladder.last()))
        .toList();
  }

  /** The best of those that made all epochs. */
  List<Trial> finalists(List<Trial> trials) {
    return trials.stream()
        .filter(each -> !each.hasFailed() && each.at(ladder.last()).isPresent())
        .sorted(Trial.BEST_FIRST)
        .limit(SearchBudget.FINALISTS)
        .toList();
  }
}
