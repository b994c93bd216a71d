package org.ptuning4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.TableReader;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.hub.Models;
import org.ptuning4j.metric.LabelScore;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.SequenceClassificationTask;
import org.ptuning4j.tensor.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code ptune eval}: how good a pack is on labelled rows. */
@CommandLine.Command(
    name = "eval",
    sortOptions = false,
    description = {
      "Evaluates a pack on labelled rows: the task's metrics, precision and recall of each label,"
          + " and which labels are taken for which.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune eval --model bert-mini --pack runs/sst2/pack --data dev.tsv",
      "  ptune eval --model bert-mini --pack runs/sst2 --data test.jsonl --json > test-scores.json"
    })
final class EvalCommand extends Command {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model that the pack was trained on: a folder, or bert-mini.")
  String model;

  @Option(
      names = "--pack",
      required = true,
      paramLabel = "DIR",
      description = "The pack, or the folder of the run that made it.")
  Path pack;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description =
          "Labelled rows: JSONL, CSV or TSV with the columns that the pack was trained on.")
  Path data;

  @Option(names = "--skip-bad-rows", description = "Leave out rows that cannot be used.")
  boolean skipBadRows;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "auto",
      completionCandidates = Choices.Precisions.class,
      description = "${COMPLETION-CANDIDATES}. Default: auto.")
  String precision;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  EvalCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Path folder = Models.resolve(model);
    Precision wanted = Precision.parse(precision);
    try (Predictor predictor = Predictor.open(folder, wanted)) {
      predictor.add("pack", PackFolders.find(pack));
      SequenceClassificationTask task = predictor.task("pack");
      var examples = task.readExamples(new TableReader().read(data));
      List<TextExample> rows =
          examples.usable(skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE);
      Evaluator.Report report = Evaluator.evaluate(predictor, "pack", rows);
      if (json) {
        console.print(new Json().page(asMap(task, report, examples.badRows().size())));
      } else {
        print(task, report, examples.badRows().size());
      }
    }
    return OK;
  }

  private void print(SequenceClassificationTask task, Evaluator.Report report, int skipped) {
    TextTable metrics = new TextTable("metric", "value");
    report.metrics().forEach((name, value) -> metrics.row(name, Figures.score(value)));
    console.print(
        task.name()
            + " on "
            + data
            + ": "
            + Figures.count(report.scores().examples(), "row")
            + (skipped > 0 ? ", " + Figures.count(skipped) + " bad ones left out" : ""));
    console.print("");
    metrics.print(console, "  ");
    console.print("");
    TextTable labels = new TextTable("label", "precision", "recall", "f1", "rows", "predicted");
    for (int i = 0; i < task.labels().size(); i++) {
      LabelScore score = report.scores().labels().get(i);
      labels.row(
          shown(task, i),
          Figures.score(score.precision()),
          Figures.score(score.recall()),
          Figures.score(score.f1()),
          Figures.count(score.support()),
          Figures.count(score.predicted()));
    }
    labels.print(console, "  ");
    console.print("");
    printConfusion(task, report);
  }

  private void printConfusion(SequenceClassificationTask task, Evaluator.Report report) {
    List<String> header = new ArrayList<>(List.of("true \\ predicted"));
    for (int i = 0; i < task.labels().size(); i++) {
      header.add(shown(task, i));
    }
    TextTable confusion = new TextTable(header.toArray(String[]::new));
    int[][] counts = report.scores().confusion();
    for (int i = 0; i < counts.length; i++) {
      List<Object> row = new ArrayList<>(List.of(shown(task, i)));
      for (int count : counts[i]) {
        row.add(Figures.count(count));
      }
      confusion.row(row.toArray());
    }
    confusion.print(console, "  ");
  }

  private static String shown(SequenceClassificationTask task, int index) {
    String label = task.labels().get(index);
    String name = task.labelName(label);
    return name.equals(label) ? label : label + " (" + name + ")";
  }

  private Map<String, Object> asMap(
      SequenceClassificationTask task, Evaluator.Report report, int skipped) {
    Map<String, Object> labels = new LinkedHashMap<>();
    for (int i = 0; i < task.labels().size(); i++) {
      labels.put(task.labels().get(i), report.scores().labels().get(i));
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("task", task.name());
    map.put("data", data.toString());
    map.put("rows", report.scores().examples());
    map.put("skipped_rows", skipped);
    map.put("metrics", report.metrics());
    map.put("labels", labels);
    map.put("confusion", report.scores().confusion());
    return map;
  }
}
