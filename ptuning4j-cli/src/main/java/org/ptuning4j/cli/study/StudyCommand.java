package org.ptuning4j.cli.study;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Version;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.GivenOptions;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.ConfigOption;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.ShellWords;
import org.ptuning4j.cli.terminal.StopOnSignal;
import org.ptuning4j.model.ModelCheck;
import org.ptuning4j.study.Study;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.chart.Chart;
import org.ptuning4j.study.chart.CurvePage;
import org.ptuning4j.study.run.CellProcess;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.LocalCells;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.study.table.ComparisonTable;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.TaskData;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands have in common that train several times: a plan, its cells, a report. */
public abstract class StudyCommand extends Command {

  /** The place of {@code --model} in help, which each study describes itself. */
  static final int FIRST = -2;

  private static final long FIRST_SEED = 11;

  private final List<String> typed;
  private final CellPlace place;

  @Spec CommandSpec spec;

  @Mixin StudyTasks tasks;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "How often each cell is run, with seeds 11, 12, …; the table shows mean and standard"
              + " deviation. Default: 3.")
  int seeds = 3;

  @Mixin RunOptions settings = new RunOptions();

  @Option(
      names = "--format",
      paramLabel = "NAME",
      completionCandidates = Choices.Formats.class,
      description = "How the table is printed: ${COMPLETION-CANDIDATES}. Default: text.")
  String format = "text";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Where the study goes. The same command again goes on with it; finished cells are not"
              + " run again.")
  Path out;

  @Option(
      names = "--keep-models",
      description = "Keep the packs of methods that train the model, which hold a whole copy each.")
  boolean keepModels;

  @Mixin PlaceOptions where;

  @Option(names = "--dry-run", description = "Show what would be run, and run nothing.")
  boolean dryRun;

  @Mixin ConfigOption config;

  StudyCommand(Console console, List<String> typed, CellPlace place) {
    super(console);
    this.typed = List.copyOf(typed);
    this.place = place;
  }

  /** What was typed for {@code --model}. */
  abstract List<String> models();

  /** The options of a run that the study sets itself, and so does not offer. */
  public abstract List<String> setsItself();

  /** The methods of the study. */
  abstract List<String> methods();

  /** What was said for single methods. */
  List<String> overrides() {
    return List.of();
  }

  /** Every cell of the study, in the order in which they are run. */
  abstract List<StudyRun> plan(List<TaskData> chosen, StudyModels models);

  /** The table of the cells. */
  abstract ComparisonTable table(List<Cell> cells, StudyModels models);

  /** The charts of the cells. */
  abstract List<Chart> charts(List<Cell.Finished> cells, StudyModels models);

  /** The names of the files of the report: the table's and the page's. */
  abstract List<String> reportNames();

  /** What is printed after the table. */
  abstract void conclude(List<Cell.Finished> cells, StudyModels models);

  @Override
  public final Integer call() {
    if (!Choices.Formats.NAMES.contains(format)) {
      throw InvalidInputException.of(
          "format: '%s' is not one of %s", format, String.join(", ", Choices.Formats.NAMES));
    }
    if (seeds < 1) {
      throw InvalidInputException.of("seeds: %d must be 1 or more", seeds);
    }
    StudyModels models = StudyModels.find(console, models());
    List<TaskData> chosen =
        tasks.choose(
            console, out.toAbsolutePath().normalize().getFileName() + "", settings.holdsOut());
    List<StudyRun> plan = plan(chosen, models);
    if (where.cell().isPresent()) {
      return train(plan.get(Integer.parseInt(where.cell().get())));
    }
    PlanTable planned = new PlanTable(plan, models);
    if (dryRun && !Files.exists(out.resolve("cells"))) {
      planned.print(console, Optional.empty());
      return OK;
    }
    try (Study study = Study.open(out, keepModels, runner(plan))) {
      if (dryRun) {
        planned.print(console, Optional.of(study));
        return OK;
      }
      return run(study, plan, models);
    }
  }

  private CellRunner runner(List<StudyRun> plan) {
    return dryRun
        ? place.runner(plan, typed)
        : where.runner(place, run -> Integer.toString(plan.indexOf(run)), typed);
  }

  private int run(Study study, List<StudyRun> plan, StudyModels models) {
    models.folders().forEach(folder -> check(folder, models.several()));
    List<Cell> cells;
    try (StopOnSignal stop = new StopOnSignal(study::stop, console)) {
      cells = new StudyProgress(console, models, plan.size()).run(study, plan);
      // After a signal the process ends with this block.
      if (stop.isStopped() || cells.size() < plan.size()) {
        sayHowToResume(cells.size(), plan.size());
        return OK;
      }
    }
    return report(models.named(plan, cells), models);
  }

  /** Says what is odd about a model, before anything is trained. */
  private void check(ModelFolder folder, boolean naming) {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder.path())) {
      new ModelCheck(folder, BackboneFamilies.installed())
          .remarks(tokenizer)
          .forEach(remark -> console.warnOnce(naming ? folder.name() + ": " + remark : remark));
    }
  }

  /** What a cell's process does: its standard output is read by the one that started it. */
  public static int train(StudyRun run) {
    PrintStream events =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    LocalCells cells = new LocalCells();
    StopOnSignal stop = StopOnSignal.silent(cells::stop);
    try {
      new CellProcess(System.in, events).train(cells, run);
      return OK;
    } finally {
      stop.close();
    }
  }

  /** The seeds of the study. */
  final List<Long> seedList() {
    return LongStream.range(FIRST_SEED, FIRST_SEED + seeds).boxed().toList();
  }

  /** What was given for the runs. */
  final Budget budget() {
    return new Budget(GivenOptions.of(spec.commandLine()), overrides(), methods());
  }

  private void sayHowToResume(int finished, int all) {
    console.say(
        "Stopped; "
            + finished
            + " of "
            + Figures.count(all, "cell")
            + " done, all is saved in "
            + out
            + ". To go on, the same command:\n  ptune "
            + typed.stream().map(ShellWords::quoted).collect(Collectors.joining(" ")));
  }

  private int report(List<Cell> cells, StudyModels models) {
    ComparisonTable table = table(cells, models);
    List<Cell.Finished> finished =
        cells.stream()
            .filter(Cell.Finished.class::isInstance)
            .map(Cell.Finished.class::cast)
            .toList();
    StudyReport report = new StudyReport(out.resolve("report"));
    report.write(reportNames().get(0), table);
    console.write(StudyReport.as(format, table));
    if (!finished.isEmpty()) {
      Path page = report.write(reportNames().get(1), page(finished, models));
      if (format.equals("text")) {
        conclude(finished, models);
        console.print("");
        console.print("Tables and curves: " + page);
      }
    }
    int failed = cells.size() - finished.size();
    if (failed > 0) {
      console.say(
          "ptune: "
              + failed
              + " of "
              + Figures.count(cells.size(), "cell")
              + " failed; the causes are above. The same command tries them again.");
      return BAD_INPUT;
    }
    return OK;
  }

  private CurvePage page(List<Cell.Finished> finished, StudyModels models) {
    return new CurvePage(
        "ptune " + spec.name() + ": " + models.names(),
        provenance(models),
        budget().shown(),
        charts(finished, models));
  }

  private Map<String, String> provenance(StudyModels models) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("ptuning4j", Version.current());
    facts.put("java", System.getProperty("java.version"));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("model", models.names());
    facts.put("command", "ptune " + String.join(" ", typed));
    return facts;
  }
}
