package org.ptuning4j.cli.study;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.options.Budget;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.RunOptions;
import org.ptuning4j.cli.options.TaskOptions;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.chart.Chart;
import org.ptuning4j.study.chart.StudyCharts;
import org.ptuning4j.study.chart.TextChart;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.study.table.ComparisonTable;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.TaskData;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code ptune ablate}: one method with one setting varied, all else the same. */
@CommandLine.Command(
    name = "ablate",
    sortOptions = false,
    description = {
      "Varies one setting of a method and leaves all else the same, as the ablations of the"
          + " P-Tuning v2 paper do: in which layers the prompt is, how long it is, what answers, or"
          + " any other setting."
          + " Prints a table and writes a page with charts.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  Prompts in the k layers next to the output, or next to the input:",
      "    ptune ablate --over depth --model models/bert-base --task rte --data SuperGLUE \\",
      "        --epochs 20 --out studies/rte-depth",
      "  Lengths of one's own choice:",
      "    ptune ablate --over length --values 4,16,64 --model bert-mini --task sst2 \\",
      "        --train train.tsv --dev dev.tsv --seeds 5 --out studies/sst2-length",
      "  A linear head or the model's own words:",
      "    ptune ablate --over head --values linear,verbalizer --model models/bert-base \\",
      "        --task rte --data SuperGLUE --out studies/rte-head",
      "  Any other setting:",
      "    ptune ablate --over label-smoothing --values 0,0.1,0.2 --model models/bert-base \\",
      "        --task rte --data SuperGLUE --out studies/rte-smoothing",
      "  Go on after Ctrl-C or a crash: the same command.",
      "",
      "In --out: cells/ (a file per run), runs/, report/ (a table in four formats and a page)."
    })
public final class AblateCommand extends StudyCommand {

  private static final String DEPTH = "depth";
  private static final String LENGTH = "length";
  private static final String HEAD = "head";
  private static final String LINEAR = "linear";
  private static final List<String> LENGTHS = List.of("1", "2", "4", "8", "16", "32", "64");
  private static final List<String> HEADS =
      List.of(
          LINEAR, TaskOptions.VERBALIZER, "pooler", "first-token", "last-token", "mean", "dense");
  private static final int MOST_DEPTHS = 8;

  @Option(
      names = "--model",
      order = FIRST,
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--over",
      required = true,
      paramLabel = "WHAT",
      completionCandidates = Choices.Ablations.class,
      description =
          "What is varied: ${COMPLETION-CANDIDATES}, or any other setting of the run or its method"
              + " by its name, such as init or label-smoothing. depth: prompts in the k layers next"
              + " to the output, and in the k next to the input. length: virtual tokens. head: what"
              + " answers.")
  String over;

  @Option(
      names = "--values",
      paramLabel = "A,B",
      parameterConsumer = CommaList.class,
      description =
          "The values. Default: for depth 1 to all layers, at most 8 of them; for length"
              + " 1,2,4,8,16,32,64; for head linear, verbalizer (linear, dense if the task has no"
              + " words for its labels); there are also pooler, first-token, last-token, mean. Any"
              + " other setting needs its values.")
  List<String> values = List.of();

  public AblateCommand(Console console, List<String> typed, CellPlace place) {
    super(console, typed, place);
  }

  @Override
  public List<String> setsItself() {
    return List.of("--seed");
  }

  @Override
  List<String> models() {
    return List.of(model);
  }

  @Override
  List<String> methods() {
    return List.of(settings.methodName());
  }

  @Override
  List<StudyRun> plan(List<TaskData> chosen, StudyModels models) {
    if (chosen.size() > 1) {
      throw InvalidInputException.of(
          "task: an ablation is on one task, not on %s",
          chosen.stream().map(TaskData::name).toList());
    }
    requireVariable();
    ModelFolder folder = models.only();
    Budget budget = budget();
    List<StudyRun> plan = new ArrayList<>();
    for (String value : valuesOf(chosen.get(0).task(), folder)) {
      for (long seed : seedList()) {
        plan.add(run(chosen.get(0), value, budget, seed, folder));
      }
    }
    return plan;
  }

  private void requireVariable() {
    switch (over) {
      case DEPTH -> requireOwn(MethodSettings.LAYERS, settings.methodHas(MethodSettings.LAYERS));
      case LENGTH -> requireOwn(MethodSettings.LENGTH, settings.methodHas(MethodSettings.LENGTH));
      case HEAD -> requireOwn(TrainingSettings.HEAD, true);
      default -> requireSetting();
    }
  }

  private void requireSetting() {
    if (!settings.hasOption(over) || setsItself().contains("--" + over)) {
      throw InvalidInputException.of(
          "over: '%s' is none of depth, length, head and no setting of a run with method %s",
          over, settings.methodName());
    }
    if (settings.isGiven(over)) {
      throw InvalidInputException.of("over: %s is varied, so leave out --%s", over, over);
    }
    if (values.isEmpty()) {
      throw InvalidInputException.of(
          "values: say which values of %s to compare: --values A,B", over);
    }
  }

  private void requireOwn(Setting<?> varied, boolean known) {
    if (settings.isGiven(varied)) {
      throw InvalidInputException.of(
          "over: %s is varied, so leave out --%s; give --values", over, varied.name());
    }
    if (!known) {
      throw InvalidInputException.of(
          "over: method %s has no %s that could be varied", settings.methodName(), over);
    }
  }

  private static int layers(ModelFolder folder) {
    return BackboneFamilies.installed().of(folder).spec(folder).layers();
  }

  private List<String> valuesOf(Task<?> task, ModelFolder folder) {
    List<String> asked = values.stream().map(String::strip).distinct().toList();
    return switch (over) {
      case DEPTH -> depths(asked, layers(folder));
      case LENGTH -> asked.isEmpty() ? LENGTHS : numbers(asked, Integer.MAX_VALUE);
      case HEAD -> heads(asked, task);
      default -> asked;
    };
  }

  private static List<String> heads(List<String> asked, Task<?> task) {
    for (String head : asked) {
      if (!HEADS.contains(head)) {
        throw InvalidInputException.of(
            "values: '%s' is no head; there are %s", head, String.join(", ", HEADS));
      }
    }
    if (task.hasTemplate()) {
      throw InvalidInputException.of(
          "task: '%s' is a cloze already, which a linear head cannot answer", task.name());
    }
    if (!asked.isEmpty()) {
      return asked;
    }
    LabelledTask<?> labelled =
        task.labelled()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "over: task '%s' (%s) has one kind of head only%s",
                        task.name(),
                        task.kind(),
                        task.answersWords()
                            ? "; what scores its tags is another setting: --over tag-head --values"
                                + " crf,softmax"
                            : ""));
    boolean words = labelled.cloze().isPresent();
    return words ? List.of(LINEAR, TaskOptions.VERBALIZER) : List.of(LINEAR, "dense");
  }

  /** Both ends for each k; all layers are the same from either end. */
  private static List<String> depths(List<String> asked, int layers) {
    List<String> depths = new ArrayList<>();
    List<String> chosen = asked.isEmpty() ? thinned(layers) : numbers(asked, layers);
    for (String k : chosen) {
      if (Integer.parseInt(k) == layers) {
        depths.add("all");
      } else {
        depths.add("top:" + k);
        depths.add("bottom:" + k);
      }
    }
    return depths;
  }

  private static List<String> thinned(int layers) {
    int count = Math.min(layers, MOST_DEPTHS);
    Set<String> chosen = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      long k = count == 1 ? layers : Math.round(1 + (double) i * (layers - 1) / (count - 1));
      chosen.add(Long.toString(k));
    }
    return List.copyOf(chosen);
  }

  private static List<String> numbers(List<String> asked, int most) {
    for (String value : asked) {
      if (!value.matches("[1-9][0-9]{0,8}") || Integer.parseInt(value) > most) {
        throw InvalidInputException.of(
            "values: '%s' must be a whole number from 1%s",
            value, most == Integer.MAX_VALUE ? "" : " to " + most);
      }
    }
    return asked;
  }

  private StudyRun run(TaskData asked, String value, Budget budget, long seed, ModelFolder folder) {
    String head = value;
    List<String> more =
        switch (over) {
          case DEPTH -> List.of("--layers=" + value);
          case LENGTH -> List.of("--prompt-length=" + value);
          case HEAD -> value.equals(LINEAR) ? List.<String>of() : List.of("--head=" + value);
          default -> settings.arguments(over, value);
        };
    RunOptions each = budget.of(settings.methodName(), seed, more);
    if (over.equals(HEAD)) {
      // Any linear head keeps a method from putting the task as a cloze by default.
      head = value.equals(LINEAR) ? "pooler" : value;
    } else {
      head = each.head();
    }
    Task<?> task = new TaskOptions().put(asked.task(), head, each.plainMethod(), folder);
    return new StudyRun(
        settings.methodName(),
        asked.name(),
        Map.of(over, value),
        folder.path(),
        task,
        asked.data(),
        each.config(task, folder),
        Optional.empty());
  }

  @Override
  ComparisonTable table(List<Cell> cells, StudyModels models) {
    return ComparisonTable.of(cells);
  }

  @Override
  List<Chart> charts(List<Cell.Finished> cells, StudyModels models) {
    return List.of(
        chart(cells, models), StudyCharts.learningCurves(cells), StudyCharts.trainLoss(cells));
  }

  private Chart chart(List<Cell.Finished> cells, StudyModels models) {
    return switch (over) {
      case DEPTH -> StudyCharts.depth(cells, layers(models.only()));
      case LENGTH -> StudyCharts.length(cells);
      default -> StudyCharts.values(cells, over);
    };
  }

  @Override
  List<String> reportNames() {
    return List.of(over, over);
  }

  @Override
  void conclude(List<Cell.Finished> cells, StudyModels models) {
    if (cells.isEmpty() || !(chart(cells, models) instanceof Chart.Lines lines)) {
      return;
    }
    TextChart drawing = new TextChart(TextChart.Glyphs.UNICODE);
    console.print("");
    console.print(lines.yLabel() + " by " + lines.xLabel() + ":");
    TextTable table = new TextTable();
    for (Chart.Series series : lines.series()) {
      List<Chart.Point> points = series.points();
      table.row(
          series.name(),
          drawing.sparkline(points.stream().map(point -> point.sample().mean()).toList()),
          shown(points.get(0)) + " … " + shown(points.get(points.size() - 1)));
    }
    table.print(console, "  ");
  }

  private static String shown(Chart.Point point) {
    return String.format(Locale.ROOT, "%.0f: %.1f", point.x(), 100 * point.sample().mean());
  }
}
