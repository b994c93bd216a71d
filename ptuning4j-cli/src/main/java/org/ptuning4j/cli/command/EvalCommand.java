package org.ptuning4j.cli.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.options.PublishedFiles;
import org.ptuning4j.cli.options.TaskFile;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.hub.dataset.DataSets;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.DataWarnings;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.engine.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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
      "  ptune eval --model bert-mini --pack runs/sst2 --data test.jsonl --json > test-scores.json",
      "  ptune eval --model models/gpt2 --task lambada --data lambada_test.jsonl"
    })
public final class EvalCommand extends Command {

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model, that on which the pack was trained: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--pack",
      paramLabel = "DIR",
      description =
          "The pack, or the folder of the run that made it. Default: the model as it is, on a task"
              + " that needs no trained head, such as lambada.")
  Path pack;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "Labelled rows: JSONL, CSV or TSV with the columns that the pack was trained on. Without"
              + " it the published rows of the task are fetched, where there are any.")
  Path data;

  @Mixin InputOptions input;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      completionCandidates = Choices.TaskNames.class,
      description =
          "Read and score the rows as this task does, such as axb for a pack of rte. Default: the"
              + " pack's own task.")
  String taskName;

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

  public EvalCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (pack == null) {
      untrained(); // what is wrong with it is said before a model is loaded
    }
    Path folder = ModelLookup.folder(console, model);
    Precision wanted = Precision.parse(precision);
    try (Predictor predictor = Predictor.open(folder, wanted)) {
      if (pack == null) {
        predictor.addUntrained("pack", untrained());
      } else {
        predictor.add("pack", PackFolders.find(pack));
      }
      predictor.remarks().forEach(console::warnOnce);
      if (taskName == null || pack == null) {
        evaluate(predictor, predictor.prepared("pack"));
      } else {
        evaluate(predictor, predictor.alike("pack", named()));
      }
    }
    return OK;
  }

  private Task<?> untrained() {
    if (taskName == null) {
      throw new InvalidInputException(
          "pack: say what to evaluate: --pack DIR, or --task NAME for the model as it is");
    }
    return named();
  }

  /** Another task's way of reading files, for a pack that was trained on a task of its kind. */
  private Task<?> named() {
    return TaskFile.isFile(taskName)
        ? TaskFile.read(Path.of(taskName))
        : Tasks.installed().get(taskName);
  }

  /** The file that was given, or the one that the task's authors publish. */
  private void findData(String task) {
    if (data == null && !DataSets.has(task)) {
      throw InvalidInputException.of(
          "data: say which rows to evaluate on: --data FILE; none are published for task '%s'",
          task);
    }
    data = data == null ? PublishedFiles.evaluation(console, task) : data;
  }

  private <E extends Example> void evaluate(Predictor predictor, PreparedTask<E> reading) {
    findData(reading.task().name());
    Examples<E> examples = reading.read(input.file(data));
    DataWarnings.ofEvaluation(reading.task(), examples)
        .forEach(warning -> console.warnOnce(data + ": " + warning));
    BadRowPolicy policy = skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE;
    Evaluator.Answered<E> answered = Evaluator.answer(predictor, "pack", examples.usable(policy));
    policy.apply(data, answered.failed());
    List<E> rows = answered.examples();
    if (rows.isEmpty()) {
      throw InvalidInputException.of(
          "%s has no row that can be answered; the first is %s", data, answered.failed().get(0));
    }
    Scores scores = reading.score(rows, answered.answers());
    int skipped = examples.badRows().size() + answered.failed().size();
    if (json) {
      console.print(new Json().page(asMap(reading.task(), scores, rows.size(), skipped)));
    } else {
      print(reading.task(), scores, rows.size(), skipped);
    }
  }

  private void print(Task<?> task, Scores scores, int rows, int skipped) {
    TextTable metrics = new TextTable("metric", "value");
    scores
        .inOrder(task.metricNames())
        .forEach(
            (name, value) ->
                metrics.row(name, value == null ? Figures.UNDEFINED : Figures.score(value)));
    console.print(
        task.name()
            + " on "
            + data
            + ": "
            + Figures.count(rows, "row")
            + (skipped > 0 ? ", " + Figures.count(skipped) + " bad ones left out" : ""));
    console.print("");
    metrics.print(console, "  ");
    for (Scores.Table each : scores.tables()) {
      TextTable table = new TextTable(each.header().toArray(String[]::new));
      each.rows().forEach(row -> table.row(row.toArray()));
      console.print("");
      console.print(each.title());
      table.print(console, "  ");
    }
  }

  private Map<String, Object> asMap(Task<?> task, Scores scores, int rows, int skipped) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("task", task.name());
    map.put("data", data.toString());
    map.put("rows", rows);
    map.put("skipped_rows", skipped);
    map.put("metrics", scores.inOrder(task.metricNames()));
    map.put("tables", scores.tables());
    return map;
  }
}
