package org.ptuning4j.cli.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.DataFolder;
import org.ptuning4j.cli.options.NamedFiles;
import org.ptuning4j.cli.options.PublishedFiles;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.options.TextOptions;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.hub.dataset.DataSets;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.TrainingData;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The tasks of a study, and where the files of each are. */
final class StudyTasks {

  @Option(
      names = "--task",
      paramLabel = "NAME",
      completionCandidates = Choices.TaskNames.class,
      description =
          "A built-in task, a YAML file that describes your own (see `ptune init-task`), or either"
              + " with its files: NAME=TRAIN,DEV. Repeat it, or give several with commas.")
  List<String> tasks = List.of();

  @Option(
      names = "--text",
      paramLabel = "COL",
      description = "Instead of --task: the column with the text, or a template that makes it.")
  String text;

  @Option(
      names = "--pair",
      paramLabel = "COL",
      description = "The column (or template) with the second text of a pair.")
  String pair;

  @Option(names = "--label", paramLabel = "COL", description = "The column with the label.")
  String label;

  @Option(
      names = "--labels",
      paramLabel = "A,B",
      parameterConsumer = CommaList.class,
      description = "The labels, in the order of the head's outputs.")
  List<String> labels = List.of();

  @Option(
      names = "--decoding",
      paramLabel = "HOW",
      description =
          "How the tags of a sentence are chosen, instead of the task's own way: viterbi, the best"
              + " valid sequence, or argmax, each word's best, as most published numbers are.")
  String decoding;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where the tasks' files are: a folder for each, such as RTE/, with train.* and val.* or"
              + " dev.*, as SuperGLUE is published.")
  Path data;

  @Option(
      names = "--train",
      paramLabel = "FILE",
      description =
          "With one task: rows to train on. Without --train, --dev and --data the published files"
              + " of the tasks are fetched, where there are any.")
  Path train;

  @Option(names = "--dev", paramLabel = "FILE", description = "With one task: rows to evaluate on.")
  Path dev;

  @Mixin TextOptions reading;

  @Option(
      names = "--skip-bad-rows",
      description = "Leave out rows that cannot be used, and count them, instead of refusing.")
  boolean skipBadRows;

  /**
   * The tasks with their files.
   *
   * @param console where it is shown how published files are fetched
   * @param name what to call one that is made of columns
   * @param holdsOut whether the rows to evaluate on are some of the training file's
   * @throws InvalidInputException if one is unknown, is there twice, or its files are not found
   */
  List<TaskData> choose(Console console, String name, boolean holdsOut) {
    if (holdsOut && dev == null) {
      dev = train;
    }
    List<TaskData> chosen = new ArrayList<>();
    List<String> asked = asked();
    if (asked.isEmpty() && text == null) {
      throw new InvalidInputException(
          "task: say what to compare on: --task NAME[,NAME], or --text COL [--pair COL] --label"
              + " COL");
    }
    if (asked.isEmpty()) {
      chosen.add(taskData(plain(null, name), null, true, () -> unknown(name)));
    }
    for (String each : asked) {
      int at = each.indexOf('=');
      Task<?> task = plain(at < 0 ? each : each.substring(0, at), name);
      String files = at < 0 ? null : each.substring(at + 1);
      chosen.add(taskData(task, files, asked.size() == 1, () -> published(console, each)));
    }
    Set<String> names = new HashSet<>();
    for (TaskData each : chosen) {
      if (!names.add(each.name())) {
        throw InvalidInputException.of("task: '%s' is there twice", each.name());
      }
    }
    return chosen;
  }

  /** Commas separate tasks, except behind {@code =}, where they separate files. */
  private List<String> asked() {
    return tasks.stream()
        .flatMap(value -> (value.contains("=") ? List.of(value) : split("task", value)).stream())
        .toList();
  }

  private static List<String> split(String setting, String value) {
    try {
      return CommaList.split(value);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(setting + ": " + e.getMessage(), e);
    }
  }

  private Task<?> plain(String task, String name) {
    TaskOptions options = new TaskOptions();
    options.task = task;
    options.text = text;
    options.pair = pair;
    options.label = label;
    options.labels = labels;
    options.decoding = decoding;
    return options.choose(name);
  }

  /**
   * A task with its files.
   *
   * @param files what was said of them with the task; null if nothing was
   * @param only whether there is no other task
   * @param otherwise the files where nothing was said of any
   */
  private TaskData taskData(
      Task<?> task, String files, boolean only, Supplier<TrainingData> otherwise) {
    TrainingData found;
    if (files != null) {
      NamedFiles both = NamedFiles.parse("task", task.name() + "=" + files);
      found = data(both.train(), both.dev());
    } else if (train != null || dev != null) {
      if (!only || train == null || dev == null) {
        throw new InvalidInputException(
            "train: --train and --dev go together, with one task; for several give --data DIR, or"
                + " --task NAME=TRAIN,DEV for each");
      }
      found = data(train, dev);
    } else if (data != null) {
      DataFolder folder = new DataFolder(data, "--task NAME=TRAIN,DEV");
      found = data(folder.train(task.name()), folder.dev(task.name()));
    } else {
      found = otherwise.get();
    }
    return new TaskData(task.name(), task, found);
  }

  /** The files that the task's authors publish. */
  private TrainingData published(Console console, String task) {
    if (!DataSets.has(task)) {
      return unknown(task);
    }
    DataSets.TaskFiles files = PublishedFiles.of(console, task);
    return data(files.train(), files.dev());
  }

  private static TrainingData unknown(String task) {
    throw InvalidInputException.of(
        "data: where are the files of task '%s'? Give --data DIR, --train and --dev, or --task"
            + " %s=TRAIN,DEV",
        task, task);
  }

  private TrainingData data(Path training, Path evaluation) {
    for (Path file : List.of(training, evaluation)) {
      if (!Files.exists(file)) {
        throw InvalidInputException.of("data: %s does not exist", file);
      }
    }
    return new TrainingData(
        reading.file(training),
        reading.file(evaluation),
        skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE);
  }
}
