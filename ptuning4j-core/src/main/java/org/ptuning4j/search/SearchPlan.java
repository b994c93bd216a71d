package org.ptuning4j.search;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;

/**
 * What a search searches.
 *
 * @param space the settings
 * @param runs makes runs of them
 * @param budget when it ends
 * @param epochs of a whole run; empty to fit runs into the time
 * @param seed of every random choice, and of the runs
 * @param atOnce how many trials are chosen by the same results; so many may be trained side by side
 * @param warmStarts whether trials may start from the prompts of others
 * @param layers of the model
 * @param rows of the training data, as far as they are trained on
 * @param identity whatever makes a search this search: model, data, task and given settings, by
 *     name
 */
public record SearchPlan(
    SearchSpace space,
    TrialRuns runs,
    SearchBudget budget,
    Optional<Integer> epochs,
    long seed,
    int atOnce,
    boolean warmStarts,
    int layers,
    int rows,
    Map<String, String> identity) {

  /** Copies the map. */
  public SearchPlan {
    identity = Map.copyOf(identity);
    if (atOnce < 1) {
      throw InvalidInputException.of("at-once: %d must be 1 or more", atOnce);
    }
    if (epochs.isEmpty() && budget.minutes().isEmpty()) {
      epochs = Optional.of(10);
    }
  }

  /** All that must be the same for a search to go on; its budget may be another. */
  Map<String, String> described() {
    Map<String, String> described = new TreeMap<>(identity);
    space.described().forEach((setting, values) -> described.put("over." + setting, values));
    described.put("starters", space.starters().stream().map(TreeMap::new).toList().toString());
    described.put(
        "changes",
        space.changes().stream().map(each -> new TreeMap<>(each.settings())).toList().toString());
    described.put("at_once", Integer.toString(atOnce));
    described.put("epochs", epochs.map(String::valueOf).orElse("fitting the time"));
    described.put("seed", Long.toString(seed));
    described.put("warm_starts", Boolean.toString(warmStarts));
    return described;
  }
}
