package org.ptuning4j.cli.study;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.arguments.GivenOptions;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.DataFolder;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.study.Study;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.table.PublishedResults;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.tagging.Decoding;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ptune reproduce}: the tables of the P-Tuning v2 paper. Each is a study for each of its
 * tasks, run by {@code compare} or {@code ablate}.
 */
@CommandLine.Command(
    name = "reproduce",
    sortOptions = false,
    description = {
      "Runs a table or figure of the P-Tuning v2 paper on a model of yours, with the published"
          + " numbers beside: table2 (SuperGLUE), table3 (entities, questions, roles), table4 (a"
          + " linear head or words), figure3 (prompts in the upper or lower layers).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune reproduce table2 --model models/bert-large --data SuperGLUE --out papers",
      "  ptune reproduce table2 --only rte,cb --model models/roberta-large --data SuperGLUE \\",
      "      --dry-run --out papers",
      "  ptune reproduce table4 --model models/roberta-large --data GLUE --epochs 30 --out papers",
      "  Go on after Ctrl-C or a crash: the same command."
    })
public final class ReproduceCommand extends Command {

  private static final String METHODS = "--methods=";

  private static final String FT_PT_PT2 = "full-fine-tuning,prompt-tuning,p-tuning-v2";

  /**
   * A part of the paper.
   *
   * @param groups tasks that are trained together where a method does so, by what they are
   * @param number of the table in the list of published results; 0 for none
   * @param study the command and its arguments besides the tasks
   */
  private record Part(List<List<String>> groups, int number, List<String> study) {}

  private static final Map<String, Part> PARTS =
      Map.of(
          "table2",
          new Part(
              Stream.of("boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc")
                  .map(List::of)
                  .toList(),
              2,
              List.of("compare", METHODS + FT_PT_PT2)),
          "table3",
          new Part(
              List.of(
                  List.of("conll03", "ontonotes", "conll04"),
                  List.of("squad1", "squad2"),
                  List.of("srl-conll05", "srl-conll12")),
              3,
              List.of("compare", METHODS + FT_PT_PT2 + "," + Budget.MPT_2)),
          "table4",
          new Part(
              Stream.of("sst2", "rte", "boolq", "cb").map(List::of).toList(),
              4,
              List.of("ablate", "--over=head", "--values=linear,verbalizer")),
          "figure3",
          new Part(
              Stream.of("rte", "boolq").map(List::of).toList(),
              0,
              List.of("ablate", "--over=depth")));

  private final ToIntFunction<List<String>> ptune;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "WHAT", description = "table2, table3, table4 or figure3.")
  String what;

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Where the tasks' files are: a folder for each, such as RTE/, with train.* and val.* or"
              + " dev.*. Tasks without a folder are left out, and named.")
  Path data;

  @Option(
      names = "--only",
      paramLabel = "A,B",
      parameterConsumer = CommaList.class,
      description = "These tasks alone.")
  List<String> only = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How often each cell is run. Default: 3.")
  int seeds = 3;

  @Mixin RunOptions settings = new RunOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the studies go, one for each task; the same command again goes on.")
  Path out;

  @Mixin PlaceOptions where;

  @Option(names = "--dry-run", description = "Show what would be run, and run nothing.")
  boolean dryRun;

  /**
   * The command.
   *
   * @param ptune runs another command of ptune's; its exit code
   */
  public ReproduceCommand(Console console, ToIntFunction<List<String>> ptune) {
    super(console);
    this.ptune = ptune;
  }

  /** The options of a run that the paper's grids set themselves. */
  public List<String> setsItself() {
    return List.of("--method", "--seed");
  }

  @Override
  public Integer call() {
    Part part = PARTS.get(what);
    if (part == null) {
      String guess =
          Spelling.closest(what, PARTS.keySet()).map(n -> "; did you mean " + n + "?").orElse("");
      throw InvalidInputException.of(
          "'%s' is none of table2, table3, table4, figure3%s", what, guess);
    }
    ModelFolder folder = ModelFolder.open(ModelLookup.folder(console, model));
    List<List<String>> groups = groups(part);
    int worst = OK;
    for (List<String> tasks : groups) {
      console.print(
          (worst == OK && tasks.equals(groups.get(0)) ? "" : "\n")
              + what
              + ", "
              + String.join(", ", tasks)
              + ":");
      int code = ptune.applyAsInt(arguments(part, tasks, folder));
      worst = Math.max(worst, code);
      published(part, tasks, folder);
      ours(part, tasks);
    }
    return worst;
  }

  /** The tasks that were asked for and whose files are there. */
  private List<List<String>> groups(Part part) {
    List<String> all = part.groups().stream().flatMap(List::stream).toList();
    for (String task : only) {
      if (!all.contains(task)) {
        throw InvalidInputException.of(
            "only: %s has no task '%s'; its tasks are %s", what, task, String.join(", ", all));
      }
    }
    List<List<String>> groups = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (List<String> group : part.groups()) {
      List<String> there = new ArrayList<>();
      for (String task : group) {
        if (only.isEmpty() || only.contains(task)) {
          (isThere(task) ? there : missing).add(task);
        }
      }
      if (!there.isEmpty()) {
        groups.add(there);
      }
    }
    if (groups.isEmpty()) {
      throw InvalidInputException.of(
          "data: %s has no folder for any of %s", data, String.join(", ", missing));
    }
    if (!missing.isEmpty()) {
      console.say("left out, as " + data + " has no folder: " + String.join(", ", missing));
    }
    return groups;
  }

  private boolean isThere(String task) {
    try {
      return Files.isDirectory(new DataFolder(data, "--task NAME=TRAIN,DEV").task(task));
    } catch (InvalidInputException e) {
      return false;
    }
  }

  private List<String> arguments(Part part, List<String> tasks, ModelFolder folder) {
    List<String> all = new ArrayList<>(part.study());
    if (tasks.size() == 1) {
      if (all.removeIf(each -> each.endsWith("," + Budget.MPT_2))) {
        console.say("left out: " + Budget.MPT_2 + ", which needs two tasks of a kind");
        all.add(METHODS + FT_PT_PT2);
      }
    }
    all.add("--model=" + model);
    all.add("--data=" + data);
    all.add("--task=" + String.join(",", tasks));
    all.add("--seeds=" + seeds);
    all.add("--out=" + study(tasks));
    if (tasks.stream().allMatch(task -> Tasks.installed().get(task).answersWords())) {
      all.add("--decoding=" + Decoding.ARGMAX.label()); // as the paper's code reads tags
      if (!settings.isGiven(TrainingSettings.TAG_HEAD.name())) {
        all.add("--" + TrainingSettings.TAG_HEAD.name() + "=" + TagHead.SOFTMAX.label());
      }
    }
    if (dryRun) {
      all.add("--dry-run");
    }
    if (where.onSpark()) {
      all.add(PlaceOptions.SPARK + "=" + where.spark);
    }
    new Budget(GivenOptions.of(spec.commandLine()), List.of(), List.of())
        .shown()
        .forEach((setting, value) -> all.addAll(settings.arguments(setting, value)));
    boolean preset = tasks.stream().allMatch(task -> hasPreset(task, folder));
    if (preset && !settings.isGiven("preset")) {
      all.add("--preset=paper");
    }
    return all;
  }

  /** Whether the paper says how it trained a task on a model of this size. */
  private static boolean hasPreset(String task, ModelFolder folder) {
    return modelClass(folder).flatMap(each -> Tasks.installed().get(task).preset(each)).isPresent();
  }

  private static Optional<ModelClass> modelClass(ModelFolder folder) {
    BackboneSpec spec = BackboneFamilies.installed().of(folder).spec(folder);
    return ModelClass.of(spec.modelType(), spec.layers(), spec.hidden());
  }

  /** What the study's own table leaves out, where numbers in other metrics are published. */
  private void ours(Part part, List<String> tasks) {
    Path study = study(tasks);
    if (dryRun || !Files.isDirectory(study)) {
      return;
    }
    try (Study cells = Study.open(study)) {
      for (Cell cell : cells.all()) {
        if (cell instanceof Cell.Finished run) {
          publishedMetrics(part, run.task())
              .filter(metric -> !metric.equals(run.metric()) && run.metrics().containsKey(metric))
              .forEach(metric -> console.print(line(run, metric)));
        }
      }
    }
  }

  private static String line(Cell.Finished run, String metric) {
    return String.format(
        Locale.ROOT,
        "  ours: %s %s, %s, seed %d: %.1f (%s)",
        run.task(),
        metric,
        run.method(),
        run.seed(),
        100 * run.metrics().get(metric),
        run.folder());
  }

  private static Stream<String> publishedMetrics(Part part, String task) {
    return PublishedResults.load().entries().stream()
        .filter(entry -> entry.table() == part.number() && entry.task().equals(task))
        .map(PublishedResults.Entry::metric)
        .distinct();
  }

  private Path study(List<String> tasks) {
    return out.resolve(what).resolve(tasks.size() == 1 ? tasks.get(0) : String.join("-", tasks));
  }

  /** The published numbers that the study's own table does not have beside. */
  private void published(Part part, List<String> tasks, ModelFolder folder) {
    String beside = part.study().get(0).equals("compare") ? "" : "published";
    if (part.number() == 0) {
      console.print("The paper has these as curves: deeper layers are better at the same number.");
      return;
    }
    Optional<String> own = modelClass(folder).map(ModelClass::key);
    PublishedResults.load().entries().stream()
        .filter(entry -> entry.table() == part.number() && tasks.contains(entry.task()))
        .filter(entry -> !beside.isEmpty() || own.isEmpty())
        .forEach(
            entry ->
                console.print(
                    String.format(
                        Locale.ROOT,
                        "  published: %s %s, %s, %s: %.1f",
                        entry.task(),
                        entry.metric(),
                        entry.model(),
                        entry.method().key(),
                        entry.value())));
  }
}
