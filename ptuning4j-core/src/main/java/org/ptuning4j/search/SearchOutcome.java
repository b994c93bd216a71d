package org.ptuning4j.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What came of a search.
 *
 * @param plan what was searched
 * @param epochs of a whole run
 * @param trainRows the rows that were trained on; null for all that were given
 * @param trials all, by their numbers; one of them counts at least
 * @param seconds by the clock
 * @param folder the search's
 */
public record SearchOutcome(
    SearchPlan plan,
    int epochs,
    Integer trainRows,
    List<Trial> trials,
    double seconds,
    Path folder) {

  /** Copies the list. */
  public SearchOutcome {
    trials = List.copyOf(trials);
  }

  /**
   * The best settings: of those that were trained with most seeds the ones with the highest mean.
   */
  public Trial winner() {
    int most =
        trials.stream()
            .filter(Trial::counts)
            .mapToInt(each -> values(each).size())
            .max()
            .orElseThrow();
    return trials.stream()
        .filter(each -> each.counts() && values(each).size() == most)
        .min(
            Comparator.comparingDouble((Trial each) -> -mean(each)).thenComparing(Trial.BEST_FIRST))
        .orElseThrow();
  }

  /** The deciding metric of a trial with each of its seeds. */
  public static Map<Long, Double> values(Trial trial) {
    Map<Long, Double> values = new TreeMap<>();
    values.put(trial.seed(), trial.last().orElseThrow().value());
    trial.repeats().stream()
        .filter(each -> each.leg() != null)
        .forEach(each -> values.put(each.seed(), each.leg().value()));
    return values;
  }

  private static double mean(Trial trial) {
    OptionalDouble mean =
        values(trial).values().stream().mapToDouble(Double::doubleValue).average();
    return mean.orElseThrow();
  }

  /** The winner's run with the best seed: what it is, and where its files are. */
  public WinningRun winningRun() {
    Trial winner = winner();
    long seed = winner.seed();
    Leg best = winner.last().orElseThrow();
    for (Trial.Repeat repeat : winner.repeats()) {
      if (repeat.leg() != null && repeat.leg().value() > best.value()) {
        best = repeat.leg();
        seed = repeat.seed();
      }
    }
    String name = SearchFolder.name(winner.number()) + (seed == winner.seed() ? "" : "-" + seed);
    String start =
        winner.start() == null
            ? null
            : folder.resolve(winner.start().pack()).toAbsolutePath().normalize().toString();
    RunRequest request =
        new RunRequest(
            name, Proposals.settings(winner), seed, epochs, best.epochs(), trainRows, start);
    return new WinningRun(winner, best, request, folder.resolve("runs").resolve(name));
  }

  /**
   * The run that won.
   *
   * @param trial whose settings it has
   * @param leg what it came to
   * @param request all its settings, with the learning rate as a number
   * @param files the run's folder
   */
  public record WinningRun(Trial trial, Leg leg, RunRequest request, Path files) {}

  /** The files of a trial's run. */
  public Path runFolder(Trial trial) {
    return folder.resolve("runs").resolve(SearchFolder.name(trial.number()));
  }

  /** The trials that count, with what each costs; those that another beats in all are marked. */
  public List<ParetoRow> pareto(Map<Integer, Double> millisPerPrediction) {
    List<ParetoRow> rows = new ArrayList<>();
    for (Trial trial : trials) {
      if (trial.counts()) {
        Leg leg = trial.last().orElseThrow();
        rows.add(
            new ParetoRow(
                trial.number(),
                leg.value(),
                leg.parameters(),
                trial.trainSeconds(),
                Optional.ofNullable(millisPerPrediction.get(trial.number())),
                false));
      }
    }
    return ParetoRow.marked(rows);
  }

  /** Copies the winning run's files to a folder of their own, as a run leaves them. */
  public void copyWinner(Path to) {
    WinningRun run = winningRun();
    SearchFolder.copy(run.files().resolve("pack"), to.resolve("pack"));
    SearchFolder.copyFiles(
        run.files(), to, List.of("metrics.jsonl", "result.json", "run.json", "range-test.json"));
  }
}
