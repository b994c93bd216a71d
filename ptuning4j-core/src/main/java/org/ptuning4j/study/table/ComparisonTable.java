package org.ptuning4j.study.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.CellLabels;
import org.ptuning4j.study.cell.Sample;

/**
 * Methods side by side: a row per method, and per settings where a method has several on one task.
 * With one task the columns are its metric and what it cost; with more, a column per task.
 *
 * <p>Rows and tasks are in the order in which the cells bring them. Metrics are in percent with one
 * decimal, as in the papers: mean ± standard deviation of the seeds.
 */
public final class ComparisonTable {

  static final String MISSING = "—";

  private static final int LONGEST_CAUSE = 40;

  /**
   * The runs of one row on one task.
   *
   * @param label the row: the method, and what distinguishes it
   * @param method the method
   * @param task the task
   * @param metric the task's metric; empty if no run on the task was finished
   * @param finished by seed
   * @param failed by seed
   * @param published the published number in percent, where there is one
   */
  public record Entry(
      String label,
      String method,
      String task,
      String metric,
      List<Cell.Finished> finished,
      List<Cell.Failed> failed,
      Optional<Double> published) {

    /** Copies the lists. */
    public Entry {
      finished = List.copyOf(finished);
      failed = List.copyOf(failed);
    }

    /** The metric by seed, 0 to 1; empty if no run was finished. */
    public Optional<Sample> sample() {
      Map<Long, Double> values = new TreeMap<>();
      finished.forEach(cell -> values.put(cell.seed(), cell.value()));
      return values.isEmpty() ? Optional.empty() : Optional.of(new Sample(values));
    }

    /** Mean wall-clock seconds of the finished runs; NaN without one. */
    public double seconds() {
      return finished.stream().mapToDouble(Cell.Finished::seconds).average().orElse(Double.NaN);
    }

    /** The highest peak of the finished runs in bytes; 0 if none was measured. */
    public long peakMemoryBytes() {
      return finished.stream().mapToLong(Cell.Finished::peakMemoryBytes).max().orElse(0);
    }

    /** The most parameters that a finished run trained; 0 without one. */
    public long trainableParameters() {
      return finished.stream().mapToLong(Cell.Finished::trainableParameters).max().orElse(0);
    }

    /** The largest trained share of the finished runs, 0 to 1; NaN without one. */
    public double trainableShare() {
      return finished.stream().mapToDouble(Cell.Finished::trainableShare).max().orElse(Double.NaN);
    }
  }

  private final List<String> labels;
  private final List<String> tasks;
  private final List<Entry> entries;
  private final String publishedModel;

  private ComparisonTable(
      List<String> labels, List<String> tasks, List<Entry> entries, String publishedModel) {
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
    List<Entry> entries = new ArrayList<>();
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

  private static Entry entry(String label, List<Cell> group, String metric) {
    Map<Long, Cell> bySeed = new TreeMap<>();
    for (Cell cell : group) {
      if (bySeed.put(cell.seed(), cell) != null) {
        throw InvalidInputException.of(
            "comparison: two runs of %s on %s with seed %d", label, cell.task(), cell.seed());
      }
    }
    return new Entry(
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
   * The same table with published numbers beside it.
   *
   * @param modelClass such as {@code roberta-large}
   * @param columns the papers' column for each method of the cells that has one
   */
  public ComparisonTable beside(
      PublishedResults results, String modelClass, Map<String, PublishedMethod> columns) {
    List<Entry> with =
        entries.stream()
            .map(
                e ->
                    new Entry(
                        e.label(),
                        e.method(),
                        e.task(),
                        e.metric(),
                        e.finished(),
                        e.failed(),
                        Optional.ofNullable(columns.get(e.method()))
                            .flatMap(m -> results.find(modelClass, e.task(), e.metric(), m))))
            .toList();
    return new ComparisonTable(labels, tasks, with, modelClass);
  }

  /** Everything in the table, row by row in the order of the first cells. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Aligned for a terminal; {@code *} marks the best of a column. */
  public String text() {
    return whole(Grid::text);
  }

  /** As Markdown; bold marks the best of a column. */
  public String markdown() {
    return whole(Grid::markdown);
  }

  /** The only task's table; or all tasks side by side, and then what each of them cost. */
  private String whole(Function<Grid, String> form) {
    if (tasks.size() == 1) {
      return form.apply(costs(tasks.get(0), true));
    }
    StringBuilder text = new StringBuilder(form.apply(tasksAside()).stripTrailing()).append('\n');
    for (String task : tasks) {
      text.append('\n').append(form.apply(costs(task, false)).stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private Optional<Entry> at(String label, String task) {
    return entries.stream()
        .filter(entry -> entry.label().equals(label) && entry.task().equals(task))
        .findFirst();
  }

  private boolean published() {
    return entries.stream().anyMatch(entry -> entry.published().isPresent());
  }

  // ---- one task: the metric and what it cost

  private Grid costs(String task, boolean withNotes) {
    List<Entry> rows = labels.stream().flatMap(label -> at(label, task).stream()).toList();
    String metric = rows.get(0).metric().isEmpty() ? "metric" : rows.get(0).metric();
    List<String> header = new ArrayList<>(List.of("method", task + " " + metric));
    List<List<Grid.Field>> columns = new ArrayList<>();
    columns.add(rows.stream().map(row -> new Grid.Field(row.label(), false)).toList());
    columns.add(column(rows, ComparisonTable::metricText, ComparisonTable::tenths));
    if (published()) {
      header.add("published");
      columns.add(
          rows.stream()
              .map(row -> row.published().map(ComparisonTable::oneDecimal).orElse(MISSING))
              .map(text -> new Grid.Field(text, false))
              .toList());
    }
    header.addAll(List.of("trained parameters", "share", "seconds", "peak memory"));
    columns.add(
        column(
            rows,
            row -> orMissing(row, String.format(Locale.ROOT, "%,d", row.trainableParameters())),
            row -> -(double) row.trainableParameters()));
    columns.add(
        column(
            rows,
            row -> orMissing(row, share(row.trainableShare())),
            row -> -row.trainableShare()));
    columns.add(
        column(rows, row -> orMissing(row, oneDecimal(row.seconds())), row -> -row.seconds()));
    columns.add(
        column(
            rows,
            row -> row.peakMemoryBytes() == 0 ? MISSING : memory(row.peakMemoryBytes()),
            row -> row.peakMemoryBytes() == 0 ? Double.NaN : -(double) row.peakMemoryBytes()));
    List<String> notes = new ArrayList<>(List.of(meaning()));
    if (published()) {
      notes.add("published: " + publishedModel + " in P-Tuning v2, arXiv 2110.07602");
    }
    return new Grid(
        header,
        transposed(columns),
        "best of its column: highest metric, lowest cost",
        withNotes ? footnotes(notes) : List.of());
  }

  private static String orMissing(Entry row, String text) {
    return row.finished().isEmpty() ? MISSING : text;
  }

  private interface Texts {
    String of(Entry row);
  }

  private interface Scores {
    /** The more the better; NaN where there is nothing to judge. */
    double of(Entry row);
  }

  /** Marks the best, also if there are several; a single score is no best. */
  private static List<Grid.Field> column(List<Entry> rows, Texts texts, Scores scores) {
    double[] found =
        rows.stream()
            .mapToDouble(row -> row.finished().isEmpty() ? Double.NaN : scores.of(row))
            .toArray();
    long judged = Arrays.stream(found).filter(score -> !Double.isNaN(score)).count();
    double best =
        Arrays.stream(found).filter(score -> !Double.isNaN(score)).max().orElse(Double.NaN);
    List<Grid.Field> fields = new ArrayList<>();
    for (int r = 0; r < found.length; r++) {
      fields.add(new Grid.Field(texts.of(rows.get(r)), judged > 1 && found[r] == best));
    }
    return fields;
  }

  private static List<List<Grid.Field>> transposed(List<List<Grid.Field>> columns) {
    List<List<Grid.Field>> rows = new ArrayList<>();
    for (int r = 0; r < columns.get(0).size(); r++) {
      int row = r;
      rows.add(columns.stream().map(column -> column.get(row)).toList());
    }
    return rows;
  }

  // ---- several tasks: a column each

  private Grid tasksAside() {
    List<String> header = new ArrayList<>(List.of("method"));
    List<List<Grid.Field>> columns = new ArrayList<>();
    columns.add(labels.stream().map(label -> new Grid.Field(label, false)).toList());
    for (String task : tasks) {
      String metric =
          entries.stream()
              .filter(entry -> entry.task().equals(task))
              .map(Entry::metric)
              .findFirst()
              .orElse("");
      header.add((task + " " + metric).strip());
      List<Entry> rows =
          labels.stream().map(label -> at(label, task).orElse(empty(label, task))).toList();
      columns.add(
          column(
              rows,
              row ->
                  metricText(row)
                      + row.published().map(value -> " [" + oneDecimal(value) + "]").orElse(""),
              ComparisonTable::tenths));
    }
    List<String> notes = new ArrayList<>(List.of(meaning()));
    if (published()) {
      notes.add("[…] published: " + publishedModel + " in P-Tuning v2, arXiv 2110.07602");
    }
    return new Grid(header, transposed(columns), "best of its column", footnotes(notes));
  }

  private static Entry empty(String label, String task) {
    return new Entry(label, label, task, "", List.of(), List.of(), Optional.empty());
  }

  // ---- what both have

  private static String meaning() {
    return "percent, mean ± standard deviation (number of seeds)";
  }

  /** Rounded as it is shown: what looks the same is equally good. */
  private static double tenths(Entry row) {
    return row.sample().map(s -> (double) Math.round(s.mean() * 1000)).orElse(Double.NaN);
  }

  private static String metricText(Entry row) {
    Optional<Sample> sample = row.sample();
    int failures = row.failed().size();
    if (sample.isEmpty()) {
      return failures == 0
          ? MISSING
          : "failed: " + TextWidth.shortened(row.failed().get(0).cause(), LONGEST_CAUSE);
    }
    String mean = oneDecimal(Math.round(sample.get().mean() * 1000) / 10.0);
    String spread =
        sample.get().size() == 1
            ? " (1)"
            : " ± " + oneDecimal(100 * sample.get().sd()) + " (" + sample.get().size() + ")";
    return mean + spread + (failures == 0 ? "" : ", " + failures + " failed");
  }

  private List<String> footnotes(List<String> first) {
    List<String> notes = new ArrayList<>(first);
    labels.forEach(label -> notes.add(label + ": " + backbone(label)));
    for (Entry entry : entries) {
      for (Cell.Failed cell : entry.failed()) {
        notes.add(
            "failed: "
                + entry.label()
                + " on "
                + entry.task()
                + ", seed "
                + cell.seed()
                + ": "
                + cell.cause());
      }
    }
    return notes;
  }

  private String backbone(String label) {
    List<Cell.Finished> runs =
        entries.stream()
            .filter(entry -> entry.label().equals(label))
            .flatMap(entry -> entry.finished().stream())
            .toList();
    long frozen = runs.stream().filter(Cell.Finished::frozenBackbone).count();
    if (runs.isEmpty()) {
      return "no run was finished";
    }
    if (frozen == runs.size()) {
      return "backbone frozen";
    }
    return frozen == 0
        ? "backbone trained"
        : "backbone frozen in " + frozen + " of " + runs.size() + " runs";
  }

  private static String oneDecimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String share(double share) {
    double percent = 100 * share;
    return percent > 0 && percent < 0.005
        ? "< 0.01 %"
        : String.format(Locale.ROOT, "%.2f %%", percent);
  }

  private static String memory(long bytes) {
    double mebibytes = bytes / 1048576.0;
    return mebibytes < 1000
        ? String.format(Locale.ROOT, "%.0f MiB", mebibytes)
        : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
  }

  // ---- for programs

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
