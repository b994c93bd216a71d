package org.ptuning4j.study.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.CellLabels;

/**
 * Methods side by side: a row per method, and per model or settings where a method has several on
 * one task. With one task the columns are its metric and what it cost; with more, a column per
 * task.
 *
 * <p>Rows and tasks are in the order in which the cells bring them. Metrics are in percent with one
 * decimal, as in the papers: mean ± standard deviation of the seeds.
 */
public final class ComparisonTable {

  private final List<String> labels;
  private final List<String> tasks;
  private final List<ComparisonEntry> entries;
  private final String publishedModel;

  private ComparisonTable(
      List<String> labels,
      List<String> tasks,
      List<ComparisonEntry> entries,
      String publishedModel) {
    this.labels = labels;
    this.tasks = tasks;
    this.entries = entries;
    this.publishedModel = publishedModel;
  }

  /**
   * Sorts cells into a table.
   *
   * @throws InvalidInputException if there are none, if the runs on a task have different metrics,
   *     or if two have the same method, task, settings and seed
   */
  public static ComparisonTable of(List<Cell> cells) {
    if (cells.isEmpty()) {
      throw InvalidInputException.of("comparison: there is no run to compare");
    }
    CellLabels names = CellLabels.of(cells, Set.of());
    Set<String> labels = new LinkedHashSet<>();
    Set<String> tasks = new LinkedHashSet<>();
    Map<String, List<Cell>> groups = new LinkedHashMap<>();
    for (Cell cell : cells) {
      labels.add(names.label(cell));
      tasks.add(cell.task());
      groups
          .computeIfAbsent(names.label(cell) + "\n" + cell.task(), group -> new ArrayList<>())
          .add(cell);
    }
    Map<String, String> metrics = metrics(cells);
    List<ComparisonEntry> entries = new ArrayList<>();
    for (List<Cell> group : groups.values()) {
      String task = group.get(0).task();
      entries.add(entry(names.label(group.get(0)), group, metrics.getOrDefault(task, "")));
    }
    return new ComparisonTable(List.copyOf(labels), List.copyOf(tasks), entries, "");
  }

  private static Map<String, String> metrics(List<Cell> cells) {
    Map<String, String> metrics = new LinkedHashMap<>();
    for (Cell cell : cells) {
      if (cell instanceof Cell.Finished finished) {
        String before = metrics.putIfAbsent(cell.task(), finished.metric());
        if (before != null && !before.equals(finished.metric())) {
          throw InvalidInputException.of(
              "comparison: runs on %s are measured in %s and in %s; all must be in one",
              cell.task(), before, finished.metric());
        }
      }
    }
    return metrics;
  }

  private static ComparisonEntry entry(String label, List<Cell> group, String metric) {
    Map<Long, Cell> bySeed = new TreeMap<>();
    for (Cell cell : group) {
      if (bySeed.put(cell.seed(), cell) != null) {
        throw InvalidInputException.of(
            "comparison: two runs of %s on %s with seed %d", label, cell.task(), cell.seed());
      }
    }
    return new ComparisonEntry(
        label,
        group.get(0).method(),
        group.get(0).task(),
        metric,
        only(bySeed.values(), Cell.Finished.class),
        only(bySeed.values(), Cell.Failed.class),
        Optional.empty());
  }

  private static <C extends Cell> List<C> only(Collection<Cell> cells, Class<C> kind) {
    return cells.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * The same table with published numbers added.
   *
   * @param modelClass such as {@code roberta-large}
   * @param columns the papers' column for each method of the cells that has one
   */
  public ComparisonTable beside(
      PublishedResults results, String modelClass, Map<String, PublishedMethod> columns) {
    List<ComparisonEntry> with =
        entries.stream().map(entry -> beside(entry, results, modelClass, columns)).toList();
    return new ComparisonTable(labels, tasks, with, modelClass);
  }

  /**
   * The same table with published numbers added to the rows of each model.
   *
   * @param modelClasses by the model's name in the cells ({@link Cell#onModel}); rows of others get
   *     no numbers
   * @param columns the papers' column for each method of the cells that has one
   */
  public ComparisonTable beside(
      PublishedResults results,
      Map<String, String> modelClasses,
      Map<String, PublishedMethod> columns) {
    List<ComparisonEntry> with = new ArrayList<>();
    for (ComparisonEntry entry : entries) {
      String modelClass = modelClasses.get(entry.model());
      with.add(modelClass == null ? entry : beside(entry, results, modelClass, columns));
    }
    Set<String> distinct = new TreeSet<>(modelClasses.values());
    return new ComparisonTable(labels, tasks, with, String.join(", ", distinct));
  }

  private static ComparisonEntry beside(
      ComparisonEntry entry,
      PublishedResults results,
      String modelClass,
      Map<String, PublishedMethod> columns) {
    return new ComparisonEntry(
        entry.label(),
        entry.method(),
        entry.task(),
        entry.metric(),
        entry.finished(),
        entry.failed(),
        Optional.ofNullable(columns.get(entry.method()))
            .flatMap(column -> results.find(modelClass, entry.task(), entry.metric(), column)));
  }

  /** Everything in the table, row by row in the order of the first cells. */
  public List<ComparisonEntry> entries() {
    return List.copyOf(entries);
  }

  /** Aligned for a terminal; {@code *} marks the best of a column. */
  public String text() {
    return layout().written(Grid::text);
  }

  /** As Markdown; bold marks the best of a column. */
  public String markdown() {
    return layout().written(Grid::markdown);
  }

  private TableLayout layout() {
    return new TableLayout(labels, tasks, entries, publishedModel);
  }

  /**
   * As CSV (RFC 4180), a line per row and task, numbers unrounded: {@code mean} and {@code sd} from
   * 0 to 1, {@code published} in percent as printed; empty where there is nothing.
   */
  public String csv() {
    return new ComparisonData(labels, tasks, entries, publishedModel).csv();
  }

  /** As JSON, with the values of every seed; numbers unrounded, 0 to 1. */
  public String json() {
    return new ComparisonData(labels, tasks, entries, publishedModel).json();
  }
}
