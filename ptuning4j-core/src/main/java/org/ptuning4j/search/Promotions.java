package org.ptuning4j.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Says which trial goes on (asynchronous successive halving): one that is among the best third of
 * those that came to its rung, the highest rung first.
 */
record Promotions(Ladder ladder) {

  /**
   * A trial that goes on.
   *
   * @param trial which
   * @param epochs to how many
   */
  record Promotion(Trial trial, int epochs) {}

  /** The next one; empty where none has earned it. */
  Optional<Promotion> next(List<Trial> trials) {
    List<Integer> rungs = ladder.rungs();
    for (int rung = rungs.size() - 2; rung >= 0; rung--) {
      int epochs = rungs.get(rung);
      int further = rungs.get(rung + 1);
      List<Trial> here = new ArrayList<>();
      trials.stream().filter(each -> each.at(epochs).isPresent()).forEach(here::add);
      here.sort(
          Comparator.comparingDouble((Trial each) -> -each.at(epochs).orElseThrow().value())
              .thenComparingInt(Trial::number));
      Optional<Trial> next =
          here.subList(0, here.size() / Ladder.FACTOR).stream()
              .filter(each -> !each.hasFailed() && each.epochs() < further)
              .findFirst();
      if (next.isPresent()) {
        return Optional.of(new Promotion(next.get(), further));
      }
    }
    return Optional.empty();
  }

  /** The best trial, if it has not made all epochs yet. */
  Optional<Promotion> unfinishedBest(List<Trial> trials) {
    return trials.stream()
        .filter(Trial::counts)
        .min(Trial.BEST_FIRST)
        .filter(best -> best.epochs() < ladder.last())
        .map(best -> new Promotion(best, ladder.last()));
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
