package org.ptuning4j.cli.search;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.Version;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.metric.MeanDeviation;
import org.ptuning4j.search.ParetoRow;
import org.ptuning4j.search.SearchOutcome;
import org.ptuning4j.search.SearchSpace;
import org.ptuning4j.search.Trial;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * What a search leaves behind: tables and {@code search.json}.
 *
 * @param outcome of the search
 * @param metric that decided
 * @param rows the trials that count, with what they cost
 * @param unseen the winner's metrics on files that no trial saw, by what the file is
 * @param given what was given, by name
 */
record SearchResults(
    SearchOutcome outcome,
    String metric,
    List<ParetoRow> rows,
    Map<String, Map<String, Double>> unseen,
    Map<String, String> given) {

  /** Prints the table of trials and the winner. */
  void print(Console console) {
    TextTable table =
        new TextTable("", "trial", metric, "epochs", "trained", "train s", "ms/text", "settings");
    for (ParetoRow row : rows) {
      Trial trial = outcome.trials().get(row.trial());
      table.row(
          row.dominated() ? "" : "*",
          row.trial(),
          Figures.score(row.value()),
          trial.epochs(),
          Figures.count(row.parameters()),
          String.format(Locale.ROOT, "%.1f", row.trainSeconds()),
          millis(row),
          SearchProgress.described(trial.settings()));
    }
    table.print(console, "");
    console.print("");
    console.print("* no other trial is as good in all of these and better in one.");
    long failed = outcome.trials().stream().filter(Trial::hasFailed).count();
    if (failed > 0) {
      console.print(Figures.count(failed, "trial") + " failed; search.json has the causes.");
    }
    console.print("");
    TextTable facts = new TextTable();
    SearchOutcome.WinningRun run = outcome.winningRun();
    facts.row("winner", "trial " + run.trial().number() + ", " + run.trial().origin());
    facts.row("settings", SearchProgress.described(run.request().settings()));
    facts.row(metric, Figures.score(run.leg().value()) + seeds(run.trial()));
    unseen.forEach(
        (file, metrics) ->
            metrics.forEach(
                (name, value) -> facts.row(name + " on " + file, Figures.score(value))));
    facts.row(
        "search",
        Figures.count(outcome.trials().size(), "trial")
            + ", "
            + Figures.seconds(outcome.seconds())
            + (outcome.trainRows() == null
                ? ""
                : ", on " + Figures.count(outcome.trainRows()) + " training rows"));
    facts.print(console, "");
  }

  private static String millis(ParetoRow row) {
    return row.millisPerPrediction()
        .map(value -> String.format(Locale.ROOT, "%.1f", value))
        .orElse("");
  }

  private static String seeds(Trial trial) {
    List<Double> values = List.copyOf(SearchOutcome.values(trial).values());
    if (values.size() == 1) {
      return " (one seed)";
    }
    MeanDeviation all = MeanDeviation.of(values);
    return String.format(
        Locale.ROOT, " (mean of %d seeds %.4f ± %.4f)", values.size(), all.mean(), all.deviation());
  }

  /** Writes {@code pareto.*} and {@code search.json} into the search's folder. */
  void write(Path folder) {
    write(folder.resolve("search.json"), new Json().page(asMap()) + "\n");
    List<List<String>> lines = new ArrayList<>();
    for (ParetoRow row : rows) {
      lines.add(
          List.of(
              Integer.toString(row.trial()),
              Double.toString(row.value()),
              Long.toString(row.parameters()),
              String.format(Locale.ROOT, "%.2f", row.trainSeconds()),
              millis(row),
              Boolean.toString(row.dominated()),
              SearchProgress.described(outcome.trials().get(row.trial()).settings())));
    }
    List<String> header =
        List.of(
            "trial", metric, "parameters", "train_seconds", "ms_per_text", "dominated", "settings");
    StringBuilder csv = new StringBuilder(line(header));
    lines.forEach(each -> csv.append(line(each)));
    write(folder.resolve("pareto.csv"), csv.toString());
    StringBuilder markdown = new StringBuilder();
    markdown.append("| ").append(String.join(" | ", header)).append(" |\n");
    markdown.append("| --- ".repeat(header.size())).append("|\n");
    lines.forEach(each -> markdown.append("| ").append(String.join(" | ", each)).append(" |\n"));
    write(folder.resolve("pareto.md"), markdown.toString());
  }

  private static String line(List<String> cells) {
    return cells.stream()
            .map(
                cell -> cell.matches("[^\",\n]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\"")
            .reduce((a, b) -> a + "," + b)
            .orElse("")
        + "\n";
  }

  private static void write(Path file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /** All of it as JSON has it. */
  Map<String, Object> asMap() {
    SearchOutcome.WinningRun run = outcome.winningRun();
    Map<String, Object> winner = new LinkedHashMap<>();
    winner.put("trial", run.trial().number());
    winner.put("seed", run.request().seed());
    winner.put("value", run.leg().value());
    winner.put("metrics", run.leg().metrics());
    winner.put("by_seed", SearchOutcome.values(run.trial()));
    winner.put("settings", run.request().asSettings());
    winner.put("config", "winner.yaml");
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("ptuning4j", Version.current());
    map.put("metric", metric);
    map.put("given", given);
    map.put("space", outcome.plan().space().described());
    map.put("starters", outcome.plan().space().starters());
    map.put(
        "changes",
        outcome.plan().space().changes().stream().map(SearchSpace.Change::settings).toList());
    map.put("at_once", outcome.plan().atOnce());
    map.put("seed", outcome.plan().seed());
    map.put("epochs", outcome.epochs());
    map.put("train_rows", outcome.trainRows());
    map.put("minutes", outcome.plan().budget().minutes().orElse(null));
    map.put("trials_at_most", outcome.plan().budget().trials().orElse(null));
    map.put("final_seeds", outcome.plan().budget().finalSeeds());
    map.put("seconds", outcome.seconds());
    map.put("winner", winner);
    map.put("unseen", unseen);
    map.put("pareto", rows.stream().map(SearchResults::asMap).toList());
    map.put("trials", outcome.trials());
    return map;
  }

  private static Map<String, Object> asMap(ParetoRow row) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("trial", row.trial());
    map.put("value", row.value());
    map.put("parameters", row.parameters());
    map.put("train_seconds", row.trainSeconds());
    map.put("ms_per_text", row.millisPerPrediction().orElse(null));
    map.put("dominated", row.dominated());
    return map;
  }

  /** The winner's value with all its seeds. */
  Optional<MeanDeviation> winnerSeeds() {
    List<Double> values = List.copyOf(SearchOutcome.values(outcome.winner()).values());
    return values.size() > 1 ? Optional.of(MeanDeviation.of(values)) : Optional.empty();
  }
}
