package org.ptuning4j.cli.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.pack.Ensemble;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.text.TextTokenizer;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune ensemble}: several packs of one task as one. */
@CommandLine.Command(
    name = "ensemble",
    sortOptions = false,
    description = {
      "Makes one pack of several packs of one task, such as those of runs with different seeds."
          + " Each text is asked with every prompt, in one batch over the one model, and the scores"
          + " are averaged: asking takes as many times as long.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune ensemble --model bert-mini runs/seed-11 runs/seed-12 runs/seed-13 --dev dev.tsv \\",
      "      --out packs/sst2"
    })
public final class EnsembleCommand extends Command {

  /** What the pack that is asked is called. */
  private static final String ASKED = "pack";

  @Parameters(
      paramLabel = "PACK",
      arity = "2..*",
      description = "The packs, or the folders of the runs that made them; two or more.")
  List<Path> packs;

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model that they were trained on: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--dev",
      paramLabel = "FILE",
      description =
          "Rows on which each pack and all together are evaluated. Thresholds, which tasks such as"
              + " squad2 find on evaluation data, are found anew on them.")
  Path dev;

  @Mixin InputOptions input;

  @Option(names = "--skip-bad-rows", description = "Leave out rows that cannot be used.")
  boolean skipBadRows;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The pack that is written; an earlier pack of that name is replaced.")
  Path out;

  public EnsembleCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    PackFolders.requireOutsideRuns(out);
    List<Pack> opened = packs.stream().map(PackFolders::find).map(Pack::open).toList();
    for (Pack pack : opened) {
      if (pack.folder().toAbsolutePath().normalize().equals(out.toAbsolutePath().normalize())) {
        throw InvalidInputException.of(
            "out: %s is one of the packs that it is made of; choose another folder", out);
      }
    }
    Path folder = ModelLookup.folder(console, model);
    Ensemble ensemble;
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      ensemble = Ensemble.of(opened, tokenizer);
    }
    if (dev == null) {
      if (ensemble.task().tunes()) {
        throw InvalidInputException.of(
            "dev: task '%s' has a threshold, which is found on evaluation data; name some",
            ensemble.task().task().name());
      }
      ensemble.save(out, ensemble.task(), Map.of());
    } else {
      evaluate(opened, ensemble, ensemble.task(), folder);
    }
    int prompts = opened.stream().mapToInt(pack -> pack.members().size()).sum();
    console.print(out + ": an ensemble of " + Figures.count(prompts, "prompt"));
    return OK;
  }

  /** Saves it with what it reaches on the evaluation data, and prints that beside its members. */
  private <E extends Example> void evaluate(
      List<Pack> opened, Ensemble ensemble, PreparedTask<E> task, Path folder) {
    List<E> examples =
        task.read(input.file(dev)).usable(skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE);
    List<String> metrics = task.task().metricNames();
    List<String> header = new ArrayList<>(List.of("pack"));
    header.addAll(metrics);
    TextTable table = new TextTable(header.toArray(String[]::new));
    Path scratch = scratchFolder();
    try (Predictor predictor = Predictor.open(folder)) {
      predictor.remarks().forEach(console::warnOnce);
      for (Pack pack : opened) {
        row(table, pack.folder(), evaluate(predictor, pack, examples).scores(), metrics);
      }
      Path untuned = scratch.resolve("pack");
      Evaluator.Report report =
          evaluate(predictor, ensemble.save(untuned, task, Map.of()), examples);
      PreparedTask<E> tuned = task.tune(examples, report.answers());
      if (task.tunes()) {
        report = evaluate(predictor, ensemble.save(untuned, tuned, Map.of()), examples);
      }
      ensemble.save(out, tuned, report.scores().metrics());
      row(table, "all together", report.scores(), metrics);
    } finally {
      delete(scratch);
    }
    table.print(console, "");
    console.print("");
  }

  private static Evaluator.Report evaluate(
      Predictor predictor, Pack pack, List<? extends Example> examples) {
    predictor.add(ASKED, pack.folder());
    return Evaluator.evaluate(predictor, ASKED, examples);
  }

  private static void row(TextTable table, Object name, Scores scores, List<String> metrics) {
    List<Object> cells = new ArrayList<>(List.of(name));
    scores
        .inOrder(metrics)
        .values()
        .forEach(value -> cells.add(value == null ? Figures.UNDEFINED : Figures.score(value)));
    table.row(cells.toArray());
  }

  private static Path scratchFolder() {
    try {
      return Files.createTempDirectory("ensemble");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made: " + FailureReason.of(e), e);
    }
  }

  private static void delete(Path scratch) {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(scratch + " cannot be deleted: " + FailureReason.of(e), e);
    }
  }
}
