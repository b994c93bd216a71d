package org.ptuning4j.cli.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.GivenOptions;
import org.ptuning4j.cli.options.ConfigOption;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.NamedFiles;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.options.TrainingFiles;
import org.ptuning4j.cli.search.AutoOptions;
import org.ptuning4j.cli.search.AutoTraining;
import org.ptuning4j.cli.search.SearchJob;
import org.ptuning4j.cli.study.CellPlace;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.ShellWords;
import org.ptuning4j.cli.terminal.StopOnSignal;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.cli.terminal.TrainingProgress;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.objective.TaskObjective;
import org.ptuning4j.train.run.TensorBoardLog;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingListeners;
import org.ptuning4j.train.run.TrainingResult;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ptune train}: from files to a pack. */
@CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Trains a task on a model, evaluates on held-out rows as it goes, and saves the best state as"
          + " a pack of a few hundred kilobytes. The model itself stays as it is (unless you ask"
          + " for full-fine-tuning).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  The built-in SST-2 task on the model that comes with ptune:",
      "    ptune train --model bert-mini --task sst2 --train train.tsv --dev dev.tsv \\",
      "        --out runs/sst2",
      "  Your own columns, a longer prompt in the upper six layers only:",
      "    ptune train --model models/bert-base --text question --pair answer --label ok \\",
      "        --train qa.jsonl --dev qa-dev.jsonl --prompt-length 40 --layers top:6 --out runs/qa",
      "  Options from a file (the same names, `epochs: 20`), one of them changed:",
      "    ptune train --config run.yaml --lr 5e-3 --out runs/lr5e-3",
      "  Settings that are not given are searched, for ten minutes:",
      "    ptune train --auto --model minilm --task cb --train train.jsonl --dev val.jsonl \\",
      "        --out runs/cb",
      "  Go on after Ctrl-C or a crash: the same command with --resume.",
      "",
      "In --out: pack/ (for eval and predict), metrics.jsonl, result.json, run.json."
    })
public final class TrainCommand extends Command {

  private final List<String> typed;
  private final CellPlace place;

  @Spec CommandSpec spec;

  @Mixin TrainingFiles files;

  @Mixin InputOptions reading;

  @Mixin TaskOptions task;

  @Option(
      names = "--also",
      paramLabel = "TASK=TRAIN,DEV",
      description =
          "Train this task over the same prompt too (repeat it for more): each batch comes from one"
              + " task, each task has its own head and its own pack in packs/NAME.")
  List<String> also = List.of();

  @Option(
      names = "--distill-from",
      paramLabel = "FILE",
      description =
          "A document (UTF-8). The frozen model reads it before each row, and what it then says of"
              + " the targets' tokens is learnt in place of the targets: the prompt comes to stand"
              + " for the document. For --head language-model.")
  Path document;

  @Mixin RunOptions settings = new RunOptions();

  @Mixin AutoOptions auto = new AutoOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the run goes; a new folder.")
  Path out;

  @Option(names = "--resume", description = "Go on with the run in --out.")
  boolean resume;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      arity = "0..1",
      fallbackValue = "",
      description =
          "Write losses, rates and metrics for TensorBoard too, into this folder; --out/tensorboard"
              + " if none is given.")
  String tensorboard;

  @Mixin ConfigOption config;

  /** The command, whose trials are trained in this process. */
  public TrainCommand(Console console, List<String> typed) {
    this(console, typed, CellPlace.HERE);
  }

  /**
   * The command.
   *
   * @param typed the arguments as they were typed, to be shown when the run can be resumed
   * @param place where the trials of a search are trained
   */
  public TrainCommand(Console console, List<String> typed, CellPlace place) {
    super(console);
    this.typed = List.copyOf(typed);
    this.place = place;
  }

  /** The files that were given, or those that the task's authors publish. */
  private TrainingData findFiles() {
    if (settings.holdsOut() && files.dev() != null) {
      throw new InvalidInputException(
          "hold-out: the rows to evaluate on are some of --train's then; leave out --dev, or"
              + " --hold-out");
    }
    files.find(console, task, !settings.holdsOut());
    boolean trains = files.train() != null;
    if (!trains || (files.dev() == null && !settings.holdsOut())) {
      throw InvalidInputException.of(
          "%s: say which rows to %s: --train FILE and --dev FILE, or --data DIR",
          trains ? "dev" : "train", trains ? "evaluate on" : "train on");
    }
    return files.read(reading, judge());
  }

  /** The file with the rows that are evaluated on. */
  private Path judge() {
    return settings.holdsOut() ? files.train() : files.dev();
  }

  @Override
  public Integer call() {
    requireOneTaskForDocument();
    TrainingData data = findFiles();
    if (document != null) {
      data = data.distilledFrom(document);
    }
    Path folder = files.modelFolder(console);
    Task<?> chosen =
        task.choose(
            out.toAbsolutePath().normalize().getFileName() + "",
            settings.head(),
            settings.plainMethod(),
            ModelFolder.open(folder));
    ModelFolder opened = ModelFolder.open(folder);
    TrainingConfig run =
        also.isEmpty() ? settings.config(chosen, opened) : settings.amongOthers(chosen, opened);
    if (auto.isOn()) {
      return searched(folder, chosen, data);
    }
    if (also.isEmpty() && settings.isGiven(TrainingSettings.TEMPERATURE)) {
      throw new InvalidInputException(
          "temperature: it says how tasks are drawn, and there is one; add --also TASK=TRAIN,DEV");
    }
    if (!also.isEmpty() && (task.template != null || !task.words.isEmpty())) {
      throw new InvalidInputException(
          "also: --template and --words are one task's; describe each task in a YAML file instead");
    }
    if (resume && !Files.exists(out.resolve("run.json"))) {
      console.say(out + " holds no run to go on with: this is its beginning");
    }
    if (!also.isEmpty()) {
      return together(folder, chosen, run, data);
    }
    Training training = new Training(folder, chosen, run);
    try (StopOnSignal stop = new StopOnSignal(training::stop, console);
        TrainingProgress progress = new TrainingProgress(console);
        Watching watching = watching(progress)) {
      TrainingResult result =
          resume
              ? training.resume(data, out, watching.listener())
              : training.run(data, out, watching.listener());
      if (result.finished()) {
        report(result, chosen);
      } else {
        sayHowToResume(stop.isStopped());
      }
      return OK;
    }
  }

  private void requireOneTaskForDocument() {
    if (document != null && (auto.isOn() || !also.isEmpty())) {
      throw InvalidInputException.of(
          "distill-from: one run of one task learns from a document; leave out --%s",
          auto.isOn() ? "auto" : "also");
    }
  }

  /**
   * Who is told of a run's course.
   *
   * @param log for TensorBoard, if it is asked for
   */
  private record Watching(TrainingListener listener, Optional<TensorBoardLog> log)
      implements AutoCloseable {

    @Override
    public void close() {
      log.ifPresent(TensorBoardLog::close);
    }
  }

  private Watching watching(TrainingListener progress) {
    if (tensorboard == null) {
      return new Watching(progress, Optional.empty());
    }
    Path folder = tensorboard.isEmpty() ? out.resolve("tensorboard") : Path.of(tensorboard);
    TensorBoardLog log = TensorBoardLog.open(folder);
    return new Watching(new TrainingListeners(List.of(progress, log)), Optional.of(log));
  }

  /** Settings that are not given are searched. */
  private int searched(Path folder, Task<?> chosen, TrainingData data) {
    if (!also.isEmpty()) {
      throw new InvalidInputException(
          "auto: a search is on one task; leave out --also, or give the settings yourself");
    }
    AutoTraining training =
        new AutoTraining(console, GivenOptions.of(spec.commandLine()), place, typed);
    SearchJob job =
        training.job(
            ModelFolder.open(folder),
            task,
            task.choose(out.toAbsolutePath().normalize().getFileName() + ""),
            data,
            settings);
    if (auto.cell().isPresent()) {
      return training.train(job, out, auto.cell().get());
    }
    Optional<TrainingResult> result = training.run(job, settings, auto, out, resume);
    if (result.isEmpty()) {
      sayHowToResume(true);
      return OK;
    }
    console.print("");
    report(result.get(), chosen);
    return OK;
  }

  /** Several tasks over one prompt. */
  private int together(Path folder, Task<?> first, TrainingConfig run, TrainingData data) {
    List<TaskData> tasks = new ArrayList<>();
    tasks.add(new TaskData(first.name(), first, data));
    for (String each : also) {
      NamedFiles further = NamedFiles.parse("also", each);
      Task<?> other = sameForm(further, ModelFolder.open(folder));
      tasks.add(
          new TaskData(
              other.name(),
              other,
              new TrainingData(
                  reading.file(further.train()), reading.file(further.dev()), data.badRows())));
    }
    Training training = Training.ofSeveral(folder, run);
    try (StopOnSignal stop = new StopOnSignal(training::stop, console);
        TrainingProgress progress = new TrainingProgress(console);
        Watching watching = watching(progress)) {
      TrainingResult result = training.runTogether(tasks, out, resume, watching.listener());
      if (result.finished()) {
        reportFigures(
            result,
            tasks.stream().flatMap(TrainCommand::metrics).toList(),
            tasks.stream().map(each -> out.resolve("packs").resolve(each.name())).toList());
        console.print("");
        console.print("Next, a run of one task that starts from the shared prompt:");
        console.print(
            "  ptune train … --start-from "
                + ShellWords.quoted(out.resolve("packs").resolve(first.name()).toString())
                + " --out …");
      } else {
        sayHowToResume(stop.isStopped());
      }
      return OK;
    }
  }

  /** A task's metrics as they are called among those of several. */
  private static Stream<String> metrics(TaskData data) {
    return data.task().metricNames().stream().map(metric -> data.name() + "." + metric);
  }

  /** A further task, put as a cloze like the first where that is asked for. */
  private Task<?> sameForm(NamedFiles files, ModelFolder model) {
    TaskOptions options = new TaskOptions();
    options.task = files.task();
    options.calibrate = task.calibrate;
    options.decoding = task.decoding;
    return options.choose(files.task(), settings.head(), settings.plainMethod(), model);
  }

  private void sayHowToResume(boolean stopped) {
    List<String> command = new ArrayList<>(typed);
    if (!resume) {
      command.add("--resume");
    }
    console.say(
        (stopped ? "Stopped" : "Ended early")
            + "; the run is saved in "
            + out
            + ". To go on:\n  ptune "
            + command.stream().map(ShellWords::quoted).collect(Collectors.joining(" ")));
  }

  private void report(TrainingResult result, Task<?> chosen) {
    List<String> metrics = new ArrayList<>(chosen.metricNames());
    if (document != null) {
      metrics.add(0, TaskObjective.AGREEMENT);
    }
    reportFigures(result, metrics, List.of(out.resolve("pack")));
    console.print("");
    console.print("Next:");
    String both =
        "--model "
            + ShellWords.quoted(files.model())
            + " --pack "
            + ShellWords.quoted(out.resolve("pack").toString());
    // Of a file that rows were held out of, most were trained on.
    String data = settings.holdsOut() ? "UNSEEN-ROWS" : ShellWords.quoted(files.dev().toString());
    console.print("  ptune eval " + both + " --data " + data);
    String asks = chosen.kind().equals(GenerationTask.KIND) ? "generate" : "predict";
    console.print("  ptune " + asks + " " + both + " " + example(chosen));
  }

  /** What a prediction is asked with: texts where the task takes them, else rows. */
  private static String example(Task<?> chosen) {
    if (chosen.inputs().areTexts(2)) {
      return "\"Some text\" \"Another\"";
    }
    if (chosen.inputs().areTexts(1)) {
      return "\"Some text\"";
    }
    return "--input rows.jsonl";
  }

  /**
   * The figures of a run and where its packs are; metrics that are not defined on its evaluation
   * data are among them.
   */
  private void reportFigures(TrainingResult result, List<String> metrics, List<Path> packs) {
    TextTable table = new TextTable();
    table.row("method", result.method());
    table.row(
        "trained",
        String.format(
            Locale.ROOT,
            "%s of %s parameters (%s), backbone %s",
            Figures.count(result.trainableParameters()),
            Figures.count(result.totalParameters()),
            Figures.smallPercent(result.trainableShare()),
            result.frozenBackbone() ? "frozen" : "trained"));
    for (Map.Entry<String, Double> metric : result.best().entrySet()) {
      table.row(metric.getKey(), Figures.score(metric.getValue()));
    }
    for (String metric : metrics) {
      if (!result.best().containsKey(metric)) {
        table.row(metric, Figures.UNDEFINED);
      }
    }
    result
        .decisions()
        .forEach(found -> table.row(found.setting(), found.value() + ", " + found.reason()));
    table.row(
        "best epoch",
        result.epoch()
            + " of "
            + result.settings().get(TrainingSettings.EPOCHS.key())
            + (result.average() ? ", the average of the trained values" : ""));
    table.row(
        "time",
        Figures.seconds(result.trainSeconds())
            + " of training, "
            + Figures.count(Math.round(result.tokensPerSecond()))
            + " tokens/s, "
            + result.precision());
    if (result.peakMemoryBytes() > 0) {
      table.row("peak memory", Figures.bytes(result.peakMemoryBytes()));
    }
    if (result.skippedRows() > 0) {
      table.row("bad rows", Figures.count(result.skippedRows()) + " left out");
    }
    table.row("figures", out.resolve("metrics.jsonl") + ", " + out.resolve("result.json"));
    packs.forEach(pack -> table.row("pack", pack.toString()));
    table.print(console, "");
  }
}
