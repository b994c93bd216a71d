package org.ptuning4j.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.ptuning4j.search.SearchSpace.Change;

/**
 * The first trials of a search: what it starts with, then one change at a time of the best so far,
 * and all changes together that helped. A budget of few trials is spent next to settings that are
 * known to be good. What comes next follows from the trials so far alone.
 */
record Steps(SearchSpace space, Ladder ladder) {

  private static final String STEP = "step from ";
  private static final String TOGETHER = "steps together";

  /**
   * Settings to try.
   *
   * @param origin where they come from
   */
  record Step(String origin, Map<String, String> settings) {

    /** Copies the settings in their order. */
    Step {
      settings = new LinkedHashMap<>(settings);
    }
  }

  /** What is to be tried next, the most promising first; empty where every step was made. */
  List<Step> next(List<Trial> trials) {
    List<Step> next = new ArrayList<>();
    for (Map<String, String> starter : space.starters()) {
      if (trials.stream().noneMatch(each -> each.settings().equals(starter))) {
        next.add(new Step(Proposals.STARTER, starter));
      }
    }
    if (space.starters().isEmpty()) {
      return next;
    }
    together(trials).ifPresent(next::add);
    Optional<Trial> best = best(trials);
    Map<String, String> from = best.map(Proposals::settings).orElse(space.starters().get(0));
    String origin = STEP + best.map(Trial::number).orElse(0);
    for (Change change : space.changes()) {
      if (trials.stream().noneMatch(each -> change.isIn(each.settings()))) {
        next.add(new Step(origin, change.of(from)));
      }
    }
    return next;
  }

  /** The best at the first comparison; of equal ones the earlier. Cut prompts had a start. */
  private Optional<Trial> best(List<Trial> trials) {
    return trials.stream()
        .filter(each -> value(each).isPresent() && each.start() == null)
        .min(
            Comparator.comparingDouble((Trial each) -> -value(each).getAsDouble())
                .thenComparingInt(Trial::number));
  }

  private OptionalDouble value(Trial trial) {
    return trial
        .at(ladder.first())
        .map(leg -> OptionalDouble.of(leg.value()))
        .orElse(OptionalDouble.empty());
  }

  /** Every change that helped, of one setting the one that helped most. */
  private Optional<Step> together(List<Trial> trials) {
    List<Gain> gains = new ArrayList<>();
    space.changes().forEach(change -> gain(change, trials).ifPresent(gains::add));
    gains.removeIf(gain -> gain.value() <= 0);
    gains.sort(Comparator.comparingDouble(Gain::value)); // the last one to set a value wins
    Map<String, String> all = new LinkedHashMap<>(space.starters().get(0));
    gains.forEach(gain -> all.putAll(gain.settings()));
    boolean made = trials.stream().anyMatch(each -> Proposals.settings(each).equals(all));
    return gains.size() < 2 || made ? Optional.empty() : Optional.of(new Step(TOGETHER, all));
  }

  /**
   * What a change brought.
   *
   * @param settings what it set, a found rate as a number
   */
  private record Gain(Map<String, String> settings, double value) {}

  private Optional<Gain> gain(Change change, List<Trial> trials) {
    for (Trial after : trials) {
      for (Trial before : trials) {
        boolean made =
            value(after).isPresent()
                && value(before).isPresent()
                && after.settings().equals(change.of(Proposals.settings(before)));
        if (made) {
          Map<String, String> settings = new LinkedHashMap<>(Proposals.settings(after));
          Set<String> changed = new LinkedHashSet<>(change.settings().keySet());
          settings.keySet().retainAll(changed);
          return Optional.of(
              new Gain(settings, value(after).getAsDouble() - value(before).getAsDouble()));
        }
      }
    }
    return Optional.empty();
  }
}
