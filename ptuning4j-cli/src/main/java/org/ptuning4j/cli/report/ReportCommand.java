package org.ptuning4j.cli.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.report.Findings;
import org.ptuning4j.report.PromptInsight;
import org.ptuning4j.report.ReportPage;
import org.ptuning4j.report.RunFindings;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.tensor.file.AtomicFile;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune report}: runs side by side, as a page. */
@CommandLine.Command(
    name = "report",
    sortOptions = false,
    description = {
      "Makes a page of one run or several: learning curves, confusions, calibration, worst errors,"
          + " length, cost, differences that are more than chance, and what the prompts do. The"
          + " page needs no network.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune report runs/rte --model models/bert-base --data val.jsonl --out rte.html",
      "  ptune report runs/rte runs/rte-long --model models/bert-base --data val.jsonl"
    })
public final class ReportCommand extends Command {

  private static final int MOST_RUNS = 12;
  private static final int MOST_RESAMPLES = 100_000;

  @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folders of runs on one model.")
  List<Path> runs = List.of();

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model, that on which the runs were trained: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Labelled rows to evaluate on, such as the runs' own evaluation data.")
  Path data;

  @Mixin InputOptions input;

  @Option(names = "--out", paramLabel = "FILE", description = "The page. Default: report.html.")
  Path out = Path.of("report.html");

  @Option(
      names = "--resamples",
      paramLabel = "N",
      description = "How often rows are drawn to compare runs. Default: 1000.")
  int resamples = 1000;

  @Option(names = "--seed", paramLabel = "N", description = "The seed of these draws. Default: 11.")
  long seed = 11;

  @Option(names = "--skip-bad-rows", description = "Leave out rows that cannot be used.")
  boolean skipBadRows;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "auto",
      completionCandidates = Choices.Precisions.class,
      description = "${COMPLETION-CANDIDATES}. Default: auto.")
  String precision;

  /** The command. */
  public ReportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (runs.size() > MOST_RUNS) {
      throw InvalidInputException.of(
          "run: %d runs are too many for a page; at most %d", runs.size(), MOST_RUNS);
    }
    if (resamples < 1 || resamples > MOST_RESAMPLES) {
      throw InvalidInputException.of("resamples: %d must be 1 to %d", resamples, MOST_RESAMPLES);
    }
    Map<String, Path> named = named();
    for (Path run : named.values()) {
      if (!Files.exists(run.resolve("result.json")) || !Files.isDirectory(run.resolve("pack"))) {
        throw InvalidInputException.of(
            "run: %s holds no run with a result and a pack (result.json, pack/)", run);
      }
    }
    Path folder = ModelLookup.folder(console, model);
    Precision wanted = Precision.parse(precision);
    Map<String, PromptInsight.Insight> insights = new LinkedHashMap<>();
    Map<String, Map<String, Optional<Double>>> similarities;
    try (PromptInsight insight = PromptInsight.open(folder, wanted)) {
      named.forEach(
          (name, run) -> insights.put(name, insight.of(run.resolve("pack"), input.file(data))));
      Map<String, Path> packs = new LinkedHashMap<>();
      named.forEach((name, run) -> packs.put(name, run.resolve("pack")));
      similarities = insight.similarities(packs);
    }
    List<RunFindings> found = new ArrayList<>();
    BadRowPolicy policy = skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE;
    try (Predictor predictor = Predictor.open(folder, wanted)) {
      Findings findings = new Findings(predictor);
      named.forEach(
          (name, run) ->
              found.add(findings.of(name, run, input.file(data), policy, insights.get(name))));
    }
    String html =
        new ReportPage(found, data.getFileName() + "", similarities, resamples, seed).html();
    AtomicFile.write(out, to -> to.write(html.getBytes(StandardCharsets.UTF_8)));
    console.print("Report: " + out);
    return OK;
  }

  /** The runs by their folders' names, made different where they are not. */
  private Map<String, Path> named() {
    Map<String, Path> named = new LinkedHashMap<>();
    for (Path run : runs) {
      String name = run.toAbsolutePath().normalize().getFileName() + "";
      if (named.containsKey(name)) {
        name = run.toString();
      }
      if (named.put(name, run) != null) {
        throw InvalidInputException.of("run: %s is there twice", run);
      }
    }
    return named;
  }
}
