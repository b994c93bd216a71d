package org.ptuning4j.cli.search;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.StopOnSignal;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.search.Latency;
import org.ptuning4j.search.ParetoRow;
import org.ptuning4j.search.Search;
import org.ptuning4j.search.SearchOutcome;
import org.ptuning4j.search.SearchPlan;
import org.ptuning4j.search.Trial;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Runs a search and writes what came of it.
 *
 * @param console where it is shown
 * @param job what is searched
 * @param settings what was given of runs
 * @param given all options that were given
 * @param runner trains the trials; closed in the end
 */
record SearchSession(
    Console console,
    SearchJob job,
    RunOptions settings,
    List<OptionSpec> given,
    CellRunner runner) {

  /** How many examples are asked one by one. */
  private static final int ASKED = 16;

  /** What a command calls the run of a trial. */
  static String cell(StudyRun run) {
    return run.shown().get("trial");
  }

  /**
   * Searches, or goes on with a search.
   *
   * @param folder of the search
   * @param unseen files on which the winner is evaluated in the end, by what they are
   * @return empty if a signal ended it; all is saved then
   */
  Optional<SearchResults> run(SearchPlan plan, Path folder, Map<String, InputFile> unseen) {
    String metric = job.metric();
    Optional<SearchOutcome> outcome;
    try (Search search = Search.open(folder, plan, runner)) {
      try (StopOnSignal stop = new StopOnSignal(search::stop, console)) {
        outcome = search.run(new SearchProgress(console, metric));
        if (stop.isStopped()) {
          return Optional.empty();
        }
      }
    }
    if (outcome.isEmpty()) {
      return Optional.empty();
    }
    SearchOutcome done = outcome.get();
    SearchResults results =
        new SearchResults(
            done,
            metric,
            pareto(done),
            evaluated(done, unseen),
            new Budget(given, List.of(), List.of()).shown());
    results.write(folder);
    WinnerConfig.write(
        folder.resolve("winner.yaml"),
        "The winner of a search: ptune train --config winner.yaml --out DIR",
        WinnerConfig.options(
            given, settings.names(), job.data(), settings.holdsOut(), done.winningRun().request()));
    return Optional.of(results);
  }

  private List<ParetoRow> pareto(SearchOutcome outcome) {
    Map<Integer, Path> packs = new LinkedHashMap<>();
    for (Trial trial : outcome.trials()) {
      if (trial.counts()) {
        packs.put(trial.number(), outcome.runFolder(trial).resolve("pack"));
      }
    }
    return outcome.pareto(
        Latency.measure(job.modelFolder(), precision(), packs, asked(outcome), () -> false));
  }

  /** Some of the rows that trials were evaluated on. */
  private List<? extends Example> asked(SearchOutcome outcome) {
    try (Predictor predictor = winner(outcome)) {
      List<? extends Example> all = predictor.prepared("winner").read(job.data().dev()).examples();
      return all.subList(0, Math.min(ASKED, all.size()));
    }
  }

  private Predictor winner(SearchOutcome outcome) {
    Predictor predictor = Predictor.open(job.modelFolder(), precision());
    predictor.add("winner", outcome.winningRun().files().resolve("pack"));
    return predictor;
  }

  private Precision precision() {
    return settings.value(TrainingSettings.PRECISION);
  }

  private Map<String, Map<String, Double>> evaluated(
      SearchOutcome outcome, Map<String, InputFile> unseen) {
    Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
    if (!unseen.isEmpty()) {
      try (Predictor predictor = winner(outcome)) {
        unseen.forEach(
            (name, file) ->
                metrics.put(name, evaluated(predictor, predictor.prepared("winner"), file)));
      }
    }
    return metrics;
  }

  private <E extends Example> Map<String, Double> evaluated(
      Predictor predictor, PreparedTask<E> task, InputFile file) {
    List<E> rows = task.read(file).usable(job.data().badRows());
    return Evaluator.evaluate(predictor, "winner", rows).scores().metrics();
  }
}
