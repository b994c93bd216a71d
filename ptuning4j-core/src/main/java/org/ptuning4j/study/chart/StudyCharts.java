package org.ptuning4j.study.chart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.CellLabels;
import org.ptuning4j.study.cell.CurvePoint;
import org.ptuning4j.study.cell.Sample;

/**
 * The charts of the papers' ablations, from finished cells. A line is a method (and settings where
 * several are in the study, and a task where there are several); seeds become samples.
 */
public final class StudyCharts {

  private static final Pattern ENDS = Pattern.compile("(top|bottom):(\\d{1,4})");

  private StudyCharts() {}

  /**
   * The metric against the number of layers with prompts (P-Tuning v2, figure 3): a line from the
   * input upwards, one from the output downwards.
   *
   * @param cells with a setting {@code depth}: {@code top:k} (the k layers next to the output),
   *     {@code bottom:k} or {@code all}; other cells are left out
   * @param layers L, where both lines meet
   * @throws InvalidInputException if a depth has another form or two cells are the same
   */
  public static Chart.Lines depth(List<Cell.Finished> cells, int layers) {
    List<Cell.Finished> with = having("depth", cells);
    Gathered lines = new Gathered(with, "depth");
    for (Cell.Finished cell : with) {
      String depth = cell.settings().get("depth");
      Matcher ends = ENDS.matcher(depth);
      if (depth.equals("all")) {
        lines.add(cell, ", from the output", layers, cell.value());
        lines.add(cell, ", from the input", layers, cell.value());
      } else if (ends.matches()) {
        String end = ends.group(1).equals("top") ? ", from the output" : ", from the input";
        lines.add(cell, end, Integer.parseInt(ends.group(2)), cell.value());
      } else {
        throw InvalidInputException.of(
            "depth: '%s' is not of the form all, top:K or bottom:K", depth);
      }
    }
    return lines.chart("Prompt depth", "layers with prompts", metric(with), Chart.Scale.PERCENT);
  }

  /**
   * The metric against the prompt's length (P-Tuning v2, figure 4).
   *
   * @param cells with a whole number as setting {@code length}; other cells are left out
   * @throws InvalidInputException if a length is not a whole number or two cells are the same
   */
  public static Chart.Lines length(List<Cell.Finished> cells) {
    List<Cell.Finished> with = having("length", cells);
    Gathered lines = new Gathered(with, "length");
    for (Cell.Finished cell : with) {
      String length = cell.settings().get("length");
      lines.add(cell, "", number(length), cell.value());
    }
    return lines.chart("Prompt length", "virtual tokens", metric(with), Chart.Scale.PERCENT);
  }

  private static List<Cell.Finished> having(String setting, List<Cell.Finished> cells) {
    return cells.stream().filter(cell -> cell.settings().containsKey(setting)).toList();
  }

  private static int number(String length) {
    try {
      return Integer.parseInt(length);
    } catch (NumberFormatException e) {
      throw new InvalidInputException("length: '" + length + "' is not a whole number", e);
    }
  }

  /**
   * The values of a setting side by side, a category per task: heads, for instance (P-Tuning v2,
   * table 4).
   *
   * @param cells with that setting; other cells are left out
   * @param setting the setting's name
   * @throws InvalidInputException if two cells are the same
   */
  public static Chart.Bars values(List<Cell.Finished> cells, String setting) {
    List<Cell.Finished> with = having(setting, cells);
    CellLabels labels = CellLabels.of(with, Set.of(setting));
    boolean oneMethod = with.stream().map(labels::label).distinct().count() == 1;
    Set<String> categories = new LinkedHashSet<>();
    Map<String, Map<String, Map<Long, Double>>> groups = new LinkedHashMap<>();
    for (Cell.Finished cell : with) {
      String value = cell.settings().get(setting);
      categories.add(cell.task());
      String name = oneMethod ? value : labels.label(cell) + ", " + value;
      put(
          groups
              .computeIfAbsent(name, group -> new LinkedHashMap<>())
              .computeIfAbsent(cell.task(), task -> new TreeMap<>()),
          cell,
          cell.value());
    }
    List<Chart.Group> bars = new ArrayList<>();
    groups.forEach(
        (name, tasks) -> {
          Map<String, Sample> samples = new LinkedHashMap<>();
          tasks.forEach((task, values) -> samples.put(task, new Sample(values)));
          bars.add(new Chart.Group(name, samples));
        });
    return new Chart.Bars(
        title(setting), "task", metric(with), Chart.Scale.PERCENT, List.copyOf(categories), bars);
  }

  private static String title(String setting) {
    return Character.toUpperCase(setting.charAt(0)) + setting.substring(1).replace('-', ' ');
  }

  /** The metric of every evaluation, against epochs, or against steps if epochs have several. */
  public static Chart.Lines learningCurves(List<Cell.Finished> cells) {
    boolean byEpoch = onePerEpoch(cells);
    Gathered lines = new Gathered(cells, "");
    for (Cell.Finished cell : cells) {
      for (CurvePoint point : cell.curve()) {
        lines.add(cell, "", byEpoch ? point.epoch() : (double) point.step(), point.value());
      }
    }
    return lines.chart(
        "Learning curves", byEpoch ? "epoch" : "step", metric(cells), Chart.Scale.PERCENT);
  }

  /** The training loss between evaluations; values that are not finite are left out. */
  public static Chart.Lines trainLoss(List<Cell.Finished> cells) {
    boolean byEpoch = onePerEpoch(cells);
    Gathered lines = new Gathered(cells, "");
    for (Cell.Finished cell : cells) {
      for (CurvePoint point : cell.curve()) {
        if (Double.isFinite(point.trainLoss())) {
          lines.add(cell, "", byEpoch ? point.epoch() : (double) point.step(), point.trainLoss());
        }
      }
    }
    return lines.chart("Training loss", byEpoch ? "epoch" : "step", "loss", Chart.Scale.PLAIN);
  }

  private static boolean onePerEpoch(List<Cell.Finished> cells) {
    return cells.stream()
        .allMatch(
            cell ->
                cell.curve().stream().map(CurvePoint::epoch).distinct().count()
                    == cell.curve().size());
  }

  private static String metric(List<Cell.Finished> cells) {
    return cells.stream().map(Cell.Finished::metric).distinct().collect(Collectors.joining(" or "))
        + " (%)";
  }

  private static void put(Map<Long, Double> seeds, Cell cell, double value) {
    if (seeds.put(cell.seed(), value) != null) {
      throw InvalidInputException.of(
          "chart: two values of %s on %s with seed %d and %s",
          cell.method(), cell.task(), cell.seed(), cell.settings());
    }
  }

  /** Values by line, place and seed. */
  private static final class Gathered {

    private final Map<String, Map<Double, Map<Long, Double>>> values = new LinkedHashMap<>();
    private final CellLabels labels;
    private final boolean oneTask;

    Gathered(List<Cell.Finished> cells, String axis) {
      labels = CellLabels.of(cells, Set.of(axis));
      oneTask = cells.stream().map(Cell::task).distinct().count() <= 1;
    }

    void add(Cell cell, String suffix, double x, double value) {
      String name = labels.label(cell) + (oneTask ? "" : " on " + cell.task()) + suffix;
      put(
          values
              .computeIfAbsent(name, line -> new TreeMap<>())
              .computeIfAbsent(x, place -> new TreeMap<>()),
          cell,
          value);
    }

    Chart.Lines chart(String title, String xLabel, String yLabel, Chart.Scale scale) {
      List<Chart.Series> series = new ArrayList<>();
      values.forEach(
          (name, places) -> {
            List<Chart.Point> points = new ArrayList<>();
            places.forEach((x, seeds) -> points.add(new Chart.Point(x, new Sample(seeds))));
            series.add(new Chart.Series(name, points));
          });
      Optional<Integer> most = series.stream().map(s -> s.points().size()).max(Integer::compare);
      Chart.Spread spread =
          most.isPresent() && most.get() > 20 ? Chart.Spread.BAND : Chart.Spread.BARS;
      return new Chart.Lines(title, xLabel, yLabel, scale, spread, series);
    }
  }
}
