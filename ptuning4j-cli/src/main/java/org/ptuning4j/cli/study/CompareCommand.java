package org.ptuning4j.cli.study;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.chart.Chart;
import org.ptuning4j.study.chart.StudyCharts;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.study.table.ComparisonTable;
import org.ptuning4j.study.table.PublishedMethod;
import org.ptuning4j.study.table.PublishedResults;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code ptune compare}: methods side by side, on the same data and with the same budget. */
@CommandLine.Command(
    name = "compare",
    sortOptions = false,
    description = {
      "Trains several methods on the same tasks with the same budget and several seeds, and prints"
          + " them in one table: the metric, what was trained, how long it took, and whether the"
          + " model stayed frozen. The options of `ptune train` are given to every method that has"
          + " them.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  The five usual methods on one task, three seeds each:",
      "    ptune compare --model models/roberta-base --task rte --train RTE/train.jsonl \\",
      "        --dev RTE/val.jsonl --epochs 20 --out studies/rte",
      "  Several tasks of SuperGLUE, some methods, settings of their own for one:",
      "    ptune compare --model models/roberta-large --task rte,boolq,cb --data SuperGLUE \\",
      "        --methods full-fine-tuning,p-tuning-v2,mpt-2 --epochs 30 \\",
      "        --with \"p-tuning-v2: --lr 5e-3 --prompt-length 40\" --out studies/superglue",
      "  GPT-2 and BERT on the same tasks:",
      "    ptune compare --model models/gpt2,models/bert-base --task rte,boolq --data SuperGLUE \\",
      "        --methods p-tuning-v2,full-fine-tuning --out studies/gpt-understands",
      "  What would be run, and how much of it is done:",
      "    ptune compare --config study.yaml --dry-run --out studies/superglue",
      "  Go on after Ctrl-C or a crash: the same command.",
      "",
      "In --out: cells/ (a file per run), runs/, report/ (table.txt, .md, .csv, .json and",
      "curves.html)."
    })
public final class CompareCommand extends StudyCommand {

  private static final Map<String, PublishedMethod> PUBLISHED =
      Map.of(
          FullFineTuning.NAME, PublishedMethod.FT,
          PromptTuning.NAME, PublishedMethod.PT,
          PTuningV2.NAME, PublishedMethod.PT_2,
          Budget.MPT_2, PublishedMethod.MPT_2);

  private static final List<String> USUAL =
      List.of(FullFineTuning.NAME, HeadOnly.NAME, PromptTuning.NAME, PTuning.NAME, PTuningV2.NAME);

  @Option(
      names = "--model",
      order = FIRST,
      required = true,
      paramLabel = ModelLookup.LABEL,
      parameterConsumer = CommaList.class,
      description =
          "The model: "
              + ModelLookup.FORMS
              + ". Repeat it, or give several with commas, to compare models.")
  List<String> modelNames = List.of();

  @Option(
      names = "--methods",
      paramLabel = "A,B",
      parameterConsumer = CommaList.class,
      completionCandidates = Choices.ComparedMethods.class,
      description =
          "What to compare: ${COMPLETION-CANDIDATES}. mpt-2 is p-tuning-v2 that starts from a"
              + " prompt trained on all tasks together. Default: full-fine-tuning, head-only,"
              + " prompt-tuning, p-tuning, p-tuning-v2.")
  List<String> methods = List.of();

  @Option(
      names = "--with",
      paramLabel = "M: OPTIONS",
      description =
          "Options for one method, which win over the common ones: \"p-tuning-v2: --lr 5e-3\"."
              + " Repeat it for others.")
  List<String> with = List.of();

  @Option(
      names = "--published",
      paramLabel = "MODEL",
      description =
          "Print the numbers of the P-Tuning v2 paper for this model beside: bert-large,"
              + " roberta-large, … or none. Default: those of the model at hand, if there are any;"
              + " of several models, each its own.")
  String published;

  public CompareCommand(Console console, List<String> typed, CellPlace place) {
    super(console, typed, place);
  }

  @Override
  public List<String> setsItself() {
    return List.of("--method", "--seed");
  }

  @Override
  List<String> models() {
    return modelNames;
  }

  @Override
  List<String> methods() {
    if (methods.isEmpty()) {
      methods = USUAL;
    }
    List<String> known = Choices.ComparedMethods.names();
    for (String method : methods) {
      if (!known.contains(method)) {
        String guess =
            Spelling.closest(method, known).map(n -> "; did you mean '" + n + "'?").orElse("");
        throw InvalidInputException.of(
            "methods: there is no '%s'%s (known are: %s)", method, guess, String.join(", ", known));
      }
    }
    if (new HashSet<>(methods).size() < methods.size()) {
      throw InvalidInputException.of("methods: %s: each only once", String.join(",", methods));
    }
    return methods;
  }

  @Override
  List<String> overrides() {
    return with;
  }

  @Override
  List<StudyRun> plan(List<TaskData> chosen, StudyModels models) {
    publishedModels(models);
    Budget budget = budget();
    if (methods.contains(Budget.MPT_2) && chosen.size() < 2) {
      throw InvalidInputException.of(
          "methods: mpt-2 starts from a prompt trained on several tasks together, and there is only"
              + " '%s'",
          chosen.get(0).name());
    }
    List<StudyRun> plan = new ArrayList<>();
    for (ModelFolder model : models.folders()) {
      for (TaskData task : chosen) {
        for (String method : methods) {
          for (long seed : seedList()) {
            plan.add(run(task, method, budget.of(method, seed), chosen, model));
          }
        }
      }
    }
    return plan;
  }

  private static StudyRun run(
      TaskData asked, String method, RunOptions settings, List<TaskData> all, ModelFolder model) {
    TaskData put = put(asked, settings, model);
    if (!put.task().answersWords() && all.stream().anyMatch(task -> task.task().answersWords())) {
      settings.leaveOut(TrainingSettings.TAG_HEAD);
    }
    TrainingConfig config = settings.config(put.task(), model);
    Optional<StudyRun.Together> together =
        method.equals(Budget.MPT_2)
            ? Optional.of(together(all, settings, model))
            : Optional.empty();
    return new StudyRun(
        method, asked.name(), Map.of(), model.path(), put.task(), asked.data(), config, together);
  }

  private static TaskData put(TaskData asked, RunOptions settings, ModelFolder model) {
    Task<?> task =
        new TaskOptions().put(asked.task(), settings.head(), settings.plainMethod(), model);
    return new TaskData(asked.name(), task, asked.data());
  }

  /** One prompt for all tasks; texts are as long as the longest task wants them. */
  private static StudyRun.Together together(
      List<TaskData> all, RunOptions settings, ModelFolder model) {
    List<TaskData> tasks = all.stream().map(task -> put(task, settings, model)).toList();
    List<TrainingConfig> configs =
        tasks.stream().map(task -> settings.config(task.task(), model)).toList();
    int longest = configs.stream().mapToInt(TrainingConfig::maxLength).max().orElseThrow();
    return new StudyRun.Together(tasks, configs.get(0).toBuilder().maxLength(longest).build());
  }

  @Override
  ComparisonTable table(List<Cell> cells, StudyModels models) {
    return ComparisonTable.of(cells)
        .beside(PublishedResults.load(), publishedModels(models), PUBLISHED);
  }

  /** The class of each model whose numbers are published, by the model's name. */
  private Map<String, String> publishedModels(StudyModels models) {
    Map<String, String> classes = new HashMap<>();
    for (ModelFolder model : models.folders()) {
      modelClass(model).ifPresent(name -> classes.put(model.name(), name));
    }
    return classes;
  }

  private Optional<String> modelClass(ModelFolder model) {
    if (published == null) {
      BackboneSpec spec = BackboneFamilies.installed().of(model).spec(model);
      return ModelClass.of(spec.modelType(), spec.layers(), spec.hidden()).map(ModelClass::key);
    }
    TreeSet<String> known = new TreeSet<>();
    PublishedResults.load().entries().forEach(entry -> known.add(entry.model()));
    if (!published.equals("none") && !known.contains(published)) {
      throw InvalidInputException.of(
          "published: there are no numbers of '%s'; there are those of %s (or none)",
          published, String.join(", ", known));
    }
    if (modelNames.size() > 1 && !published.equals("none")) {
      throw InvalidInputException.of(
          "published: '%s' cannot stand beside several models; leave it out, and each has the"
              + " numbers of its own, or give none",
          published);
    }
    return Optional.of(published).filter(known::contains);
  }

  @Override
  List<Chart> charts(List<Cell.Finished> cells, StudyModels models) {
    List<Chart> charts = new ArrayList<>();
    for (String task : cells.stream().map(Cell::task).distinct().toList()) {
      List<Cell.Finished> its = cells.stream().filter(cell -> cell.task().equals(task)).toList();
      Stream.of(StudyCharts.learningCurves(its), StudyCharts.trainLoss(its))
          .map(chart -> titled(chart, task))
          .forEach(charts::add);
    }
    return charts;
  }

  private static Chart titled(Chart.Lines chart, String task) {
    return new Chart.Lines(
        chart.title() + ": " + task,
        chart.xLabel(),
        chart.yLabel(),
        chart.scale(),
        chart.spread(),
        chart.series());
  }

  @Override
  List<String> reportNames() {
    return List.of("table", "curves");
  }

  @Override
  void conclude(List<Cell.Finished> cells, StudyModels models) {
    // The table says it all.
  }
}
