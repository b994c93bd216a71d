package org.ptuning4j.cli.command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.hub.Models;
import org.ptuning4j.model.ModelCheck;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.DataCheck;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune check-data}: what a file holds, before hours are spent on it. */
@CommandLine.Command(
    name = "check-data",
    sortOptions = false,
    description = {
      "Tells what a data file holds: its rows and columns, how often each label occurs, how long"
          + " the texts are, what repeats or contradicts itself, and every bad row with its line.",
      "Ends with 2 if there is a bad row.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  What is in there?",
      "    ptune check-data reviews.csv",
      "  Does it fit the task; do dev rows stand in the training data too?",
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

  @Mixin TaskOptions task;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Count lengths in tokens of this model: a folder, or bert-mini.")
  String model;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Tokens that will be kept. Default: the task's, usually 128.")
  Integer maxLength;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  public CheckDataCommand(Console console) {
    super(console);
  }

  /** What was found; no part but {@code data} is always there. */
  private record Findings(DataCheck data, DataCheck dev, Overlap overlap) {

    boolean isSound() {
      return data.badRows().isEmpty() && (dev == null || dev.badRows().isEmpty());
    }
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
    Findings findings = find();
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

  private Findings find() {
    if (!task.isEmpty()) {
      Task<?> chosen = task.choose(stem());
      if (!(chosen instanceof SequenceClassificationTask classification)) {
        return ofAnyTask(chosen);
      }
      return ofTexts(classification);
    }
    TableReader reader = new TableReader();
    DataCheck devCheck = dev == null ? null : DataCheck.of(reader.read(dev));
    return new Findings(DataCheck.of(reader.read(file)), devCheck, null);
  }

  private Findings ofTexts(SequenceClassificationTask task) {
    TableReader reader = new TableReader();
    Table data = reader.read(file);
    Optional<Table> devData = Optional.ofNullable(dev).map(reader::read);
    SequenceClassificationTask chosen = labelled(task, data);
    try (Lengths lengths = new Lengths()) {
      DataCheck first = lengths.check(data, chosen);
      if (devData.isEmpty()) {
        return new Findings(first, null, null);
      }
      Overlap overlap =
          Overlap.between(chosen.readUnlabelled(data), chosen.readUnlabelled(devData.get()));
      return new Findings(first, lengths.check(devData.get(), chosen), overlap);
    }
  }

  /** Tasks with files of their own kind. */
  private Findings ofAnyTask(Task<?> chosen) {
    try (Lengths lengths = new Lengths()) {
      return new Findings(
          lengths.check(file, chosen), dev == null ? null : lengths.check(dev, chosen), null);
    }
  }

  private String stem() {
    return String.valueOf(file.getFileName()).replaceAll("\\..*", "");
  }

  /** Labels of the training data, so that others in the dev data are found; as training does it. */
  private static SequenceClassificationTask labelled(SequenceClassificationTask task, Table data) {
    if (!data.columnNames().contains(task.labelColumn())) {
      return task;
    }
    var examples = task.readExamples(data);
    long labels = examples.examples().stream().map(TextExample::label).distinct().count();
    return labels < 2 ? task : task.inferLabels(examples);
  }

  /** Counts words, or tokens where there is a model. */
  private final class Lengths implements AutoCloseable {

    private final Optional<TextTokenizer> tokenizer =
        Optional.ofNullable(model).map(name -> open(Models.resolve(name)));

    private TextTokenizer open(Path folder) {
      TextTokenizer opened = TextTokenizer.open(folder);
      new ModelCheck(ModelFolder.open(folder), BackboneFamilies.standard())
          .ofTokenizer(opened)
          .forEach(console::warnOnce);
      return opened;
    }

    DataCheck check(Table table, SequenceClassificationTask chosen) {
      if (tokenizer.isEmpty()) {
        return DataCheck.inWords(table, chosen);
      }
      ToIntFunction<TextExample> tokens =
          row -> tokenizer.get().encode(row.text(), row.pair(), Truncation.none()).length();
      int kept = maxLength == null ? chosen.truncation().maxLength() : maxLength;
      return DataCheck.inTokens(table, chosen, tokens, kept);
    }

    <E extends Example> DataCheck check(Path path, Task<E> chosen) {
      int kept = maxLength == null ? chosen.truncation().maxLength() : maxLength;
      return DataCheck.of(path, chosen, tokenizer.map(known -> new ItemEncoder(known, kept)));
    }

    @Override
    public void close() {
      tokenizer.ifPresent(TextTokenizer::close);
    }
  }

  private void print(Findings findings) {
    print(findings.data());
    if (findings.dev() != null) {
      console.print("");
      print(findings.dev());
    }
    Overlap overlap = findings.overlap();
    if (overlap != null) {
      console.print("");
      console.print(
          overlap.rows() == 0
              ? "No row of " + overlap.devFile() + " stands in " + overlap.trainFile() + " too."
              : Figures.count(overlap.rows(), "row")
                  + " of "
                  + overlap.devFile()
                  + " ("
                  + Figures.percent(overlap.share())
                  + ") also in "
                  + overlap.trainFile()
                  + ", so its figures flatter: "
                  + overlap.first().stream()
                      .map(same -> "line " + same.devLine() + " = line " + same.trainLine())
                      .collect(Collectors.joining(", ")));
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
    console.print("");
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
      columns.print(console, "  ");
    }
    if (check.task() != null) {
      console.print("");
      print(check.task());
    }
    printLines("Worth knowing:", check.advice());
    printLines("Bad rows:", check.badRows().stream().map(BadRow::toString).toList());
  }

  private void print(DataCheck.TaskFacts facts) {
    if (!facts.labels().isEmpty()) {
      TextTable labels = new TextTable("label", "called", "rows", "share");
      facts
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
    DataCheck.Lengths lengths = facts.lengths();
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
    if (facts.cut() != null && facts.cut().rows() > 0) {
      DataCheck.Sequences sequences = facts.sequences();
      boolean windows = sequences != null && sequences.total() > facts.examples();
      console.print(
          "  kept are "
              + facts.cut().maxLength()
              + " tokens, so "
              + Figures.count(facts.cut().rows(), "row")
              + (windows
                  ? " are read in windows, at most " + sequences.max() + " of them"
                  : " will be cut"));
    }
  }

  private void printLines(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      console.print("");
      console.print(title);
      lines.forEach(line -> console.print("  " + line));
    }
  }
}
