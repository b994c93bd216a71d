package org.ptuning4j.cli.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Message;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Failures;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.model.ModelCheck;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.DataCheck;
import org.ptuning4j.task.check.ModelReading;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.task.check.RunCheck;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune check-data}: what a file holds, and whether training would take it. */
@CommandLine.Command(
    name = "check-data",
    sortOptions = false,
    description = {
      "Tells what a data file holds: its rows and columns, how often each label occurs, how long"
          + " the texts are, what repeats or contradicts itself, and every bad row with its line.",
      "Ends with 0 if train would take the files, and with 2 if there is a bad row, or the files"
          + " lack a column, the answers or a second label.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  What is in there?",
      "    ptune check-data reviews.csv",
      "  Does it fit the task, and are rows of the dev file in the training data, too?",
      "    ptune check-data train.jsonl --dev val.jsonl --task rte",
      "  How long are the texts in tokens, and what will be cut?",
      "    ptune check-data reviews.csv --text review --label stars --model bert-mini"
    })
public final class CheckDataCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "The data: JSONL, CSV or TSV (also .gz).")
  Path file;

  @Option(
      names = "--dev",
      paramLabel = "FILE",
      description = "Check this file too, and what both have in common.")
  Path dev;

  @Mixin InputOptions reading;

  @Mixin TaskOptions task;

  @Option(
      names = "--model",
      paramLabel = ModelLookup.LABEL,
      description = "Count lengths in tokens of this model: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Tokens that will be kept. Default: the task's, usually 128.")
  Integer maxLength;

  @Option(
      names = "--for-prediction",
      description = "Check a file to predict on: answers are neither needed nor looked at.")
  boolean forPrediction;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  public CheckDataCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (task.isEmpty() && model != null) {
      throw new InvalidInputException(
          "model: to count tokens, say which text: --task NAME, or --text COL --label COL");
    }
    if (task.template != null || !task.words.isEmpty() || task.calibrate) {
      throw new InvalidInputException(
          "template: --template, --words and --calibrate say how a task is answered, not what a"
              + " file holds; leave them out");
    }
    if (maxLength != null && model == null) {
      throw new InvalidInputException("max-length: --model is needed to count tokens");
    }
    if (maxLength != null) {
      TrainingSettings.MAX_LENGTH.require(maxLength); // as train does
    }
    if (forPrediction && dev != null) {
      throw new InvalidInputException(
          "for-prediction: a dev file has answers to compare with; leave --dev or this out");
    }
    RunCheck findings = find();
    if (json) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("data", findings.data());
      map.put("dev", findings.dev());
      map.put("overlap", findings.overlap());
      console.print(new Json().page(map));
    } else {
      print(findings);
    }
    return findings.isSound() ? OK : BAD_INPUT;
  }

  private RunCheck find() {
    if (task.isEmpty()) {
      TableReader reader = new TableReader();
      DataCheck devCheck = dev == null ? null : DataCheck.of(reader.read(reading.file(dev)));
      return new RunCheck(DataCheck.of(reader.read(reading.file(file))), devCheck, null);
    }
    Task<?> chosen = task.choose(stem());
    if (model == null) {
      return check(chosen, Optional.empty());
    }
    int kept = maxLength == null ? chosen.truncation().maxLength() : maxLength;
    Path folder = ModelLookup.folder(console, model);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      ModelCheck sizes = new ModelCheck(ModelFolder.open(folder), BackboneFamilies.installed());
      sizes.ofTokenizer(tokenizer).forEach(console::warnOnce);
      KnownTokens known = new KnownTokens(tokenizer, sizes.embeddings());
      ItemEncoder encoder = new ItemEncoder(tokenizer, kept, sizes.direction());
      return check(chosen, Optional.of(new ModelReading(encoder, known)));
    }
  }

  private <E extends Example> RunCheck check(Task<E> chosen, Optional<ModelReading> reader) {
    return forPrediction
        ? RunCheck.forPrediction(reading.file(file), chosen, reader)
        : RunCheck.forTraining(
            reading.file(file), dev == null ? null : reading.file(dev), chosen, reader);
  }

  private String stem() {
    return String.valueOf(file.getFileName()).replaceAll("\\..*", "");
  }

  private void print(RunCheck findings) {
    print(findings.data());
    if (findings.dev() != null) {
      console.print("");
      print(findings.dev());
    }
    Overlap overlap = findings.overlap();
    if (overlap != null) {
      console.print("");
      console.print(overlap.sentence());
    }
  }

  private void print(DataCheck check) {
    console.print(
        check.file()
            + ": "
            + check.format()
            + ", "
            + Figures.count(check.rows(), "row")
            + (check.badRows().isEmpty()
                ? ""
                : ", " + Figures.count(check.badRows().size()) + " of them bad"));
    TextTable columns = new TextTable("column", "kind", "filled", "different", "such as");
    for (DataCheck.Column column : check.columns()) {
      columns.row(
          column.name(),
          column.kind(),
          Figures.percent(column.filled()),
          Figures.count(column.distinct()),
          String.join(" | ", column.examples()));
    }
    if (!columns.isEmpty()) {
      console.print("");
      columns.print(console, "  ");
    }
    if (check.task() != null) {
      console.print("");
      print(check.task());
    }
    printLines("Cannot be used:", inOptions(check.problems()));
    printLines("Worth knowing:", inOptions(check.advice()));
    printLines("Bad rows:", check.badRows().stream().map(BadRow::toString).toList());
  }

  private void print(DataCheck.TaskFindings findings) {
    if (!findings.labels().isEmpty()) {
      TextTable labels = new TextTable("label", "called", "rows", "share");
      findings
          .labels()
          .forEach(
              label ->
                  labels.row(
                      label.label(),
                      label.name(),
                      Figures.count(label.count()),
                      Figures.percent(label.share())));
      labels.print(console, "  ");
      console.print("");
    }
    DataCheck.Lengths lengths = findings.lengths();
    TextTable table =
        new TextTable(lengths.unit(), "mean", "min", "50 %", "90 %", "95 %", "99 %", "max", "line");
    table.row(
        "per row",
        String.format(java.util.Locale.ROOT, "%.1f", lengths.mean()),
        lengths.min(),
        lengths.p50(),
        lengths.p90(),
        lengths.p95(),
        lengths.p99(),
        lengths.max(),
        lengths.longestLine());
    table.print(console, "  ");
    if (findings.cut() != null && findings.cut().rows() > 0) {
      DataCheck.Sequences sequences = findings.sequences();
      boolean windows = sequences != null && sequences.total() > findings.examples();
      console.print(
          "  kept are "
              + findings.cut().maxLength()
              + " tokens, so "
              + Figures.count(findings.cut().rows(), "row")
              + (windows
                  ? " are read in windows, at most " + sequences.max() + " of them"
                  : " will be cut"));
    }
  }

  private static List<String> inOptions(List<Message> messages) {
    return messages.stream().map(message -> message.text(Failures::option)).toList();
  }

  private void printLines(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      console.print("");
      console.print(title);
      lines.forEach(line -> console.print("  " + line));
    }
  }
}
