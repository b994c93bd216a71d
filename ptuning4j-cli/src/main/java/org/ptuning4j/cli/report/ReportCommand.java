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
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.report.Findings;
import org.ptuning4j.report.MlflowExport;
import org.ptuning4j.report.MlflowServer;
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
      "  ptune report runs/rte runs/rte-long --model models/bert-base --data val.jsonl",
      "  What training left behind, without asking anything again:",
      "  ptune report runs/*"
    })
public final class ReportCommand extends Command {

  private static final int MOST_RUNS = 12;
  private static final int MOST_RESAMPLES = 100_000;
  private static final String EXPERIMENT = "ptuning4j";

  @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folders of runs on one model.")
  List<Path> runs = List.of();

  @Option(
      names = "--model",
      paramLabel = ModelLookup.LABEL,
      description =
          "The model, that on which the runs were trained: "
              + ModelLookup.FORMS
              + ". Without it the page has what training left behind.")
  String model;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "Labelled rows to evaluate on, such as the runs' own evaluation data. Without them the"
              + " page has the curves and costs of the runs, and with --model what their prompts"
              + " are like.")
  Path data;

  @Mixin InputOptions input;

  @Option(names = "--out", paramLabel = "FILE", description = "The page. Default: report.html.")
  Path out = Path.of("report.html");

  @Option(
      names = "--mlflow",
      paramLabel = "URL",
      description =
          "Bring the runs to this MLflow tracking server too, such as http://127.0.0.1:5000, with"
              + " their settings, curves and costs. Credentials are those of MLflow's clients"
              + " (MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD).")
  String mlflow;

  @Option(
      names = "--mlflow-experiment",
      paramLabel = "NAME",
      description = "With --mlflow: the experiment. Default: ptuning4j.")
  String experiment;

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
      if (Files.isDirectory(run.resolve("packs"))) {
        throw InvalidInputException.of(
            "run: %s is a run of several tasks over one prompt; a report is on runs of one task"
                + " each",
            run);
      }
      if (!Files.exists(run.resolve("result.json")) || !Files.isDirectory(run.resolve("pack"))) {
        throw InvalidInputException.of(
            "run: %s holds no run with a result and a pack (result.json, pack/)", run);
      }
    }
    if (experiment != null && mlflow == null) {
      throw InvalidInputException.of(
          "mlflow-experiment: '%s' is one of a server; add --mlflow URL", experiment);
    }
    ReportPage page = page(named);
    String html = page.html();
    AtomicFile.write(out, to -> to.write(html.getBytes(StandardCharsets.UTF_8)));
    console.print("Report: " + out);
    if (mlflow != null) {
      export(page.findings());
    }
    return OK;
  }

  private void export(List<RunFindings> findings) {
    MlflowServer server = MlflowServer.at(mlflow, System.getenv());
    MlflowExport export = new MlflowExport(server, experiment == null ? EXPERIMENT : experiment);
    for (RunFindings each : findings) {
      MlflowExport.Exported exported = export.export(each.run());
      console.print(
          "MLflow: "
              + each.run().name()
              + (exported.isNew() ? " is run " : " was there already: run ")
              + exported.id());
    }
  }

  private ReportPage page(Map<String, Path> named) {
    Map<String, PromptInsight.Insight> insights = new LinkedHashMap<>();
    Map<String, Map<String, Optional<Double>>> similarities = new LinkedHashMap<>();
    if (model == null) {
      if (data != null) {
        throw InvalidInputException.of(
            "model: the runs cannot be asked about %s without it; give the model on which they were"
                + " trained",
            data);
      }
      List<RunFindings> found = new ArrayList<>();
      named.forEach(
          (name, run) -> found.add(Findings.recorded(name, run, PromptInsight.Insight.NONE)));
      return new ReportPage(found, Optional.empty(), similarities, resamples, seed);
    }
    Path folder = ModelLookup.folder(console, model);
    Precision wanted = Precision.parse(precision);
    Optional<InputFile> rows = Optional.ofNullable(data).map(input::file);
    try (PromptInsight insight = PromptInsight.open(folder, wanted)) {
      Map<String, Path> packs = new LinkedHashMap<>();
      named.forEach((name, run) -> packs.put(name, run.resolve("pack")));
      packs.forEach((name, pack) -> insights.put(name, insight.of(pack, rows)));
      similarities.putAll(insight.similarities(packs));
    }
    List<RunFindings> found =
        rows.isPresent()
            ? answered(named, folder, wanted, rows.get(), insights)
            : named.entrySet().stream()
                .map(
                    run ->
                        Findings.recorded(run.getKey(), run.getValue(), insights.get(run.getKey())))
                .toList();
    return new ReportPage(
        found, rows.map(file -> file.path().getFileName() + ""), similarities, resamples, seed);
  }

  private List<RunFindings> answered(
      Map<String, Path> named,
      Path folder,
      Precision wanted,
      InputFile rows,
      Map<String, PromptInsight.Insight> insights) {
    List<RunFindings> found = new ArrayList<>();
    BadRowPolicy policy = skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE;
    try (Predictor predictor = Predictor.open(folder, wanted)) {
      Findings findings = new Findings(predictor);
      named.forEach(
          (name, run) -> found.add(findings.of(name, run, rows, policy, insights.get(name))));
    }
    return found;
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
