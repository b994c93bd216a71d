package org.ptuning4j.study.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.Sample;

/**
 * How a comparison is laid out for people: what is in which column, and what is said below.
 *
 * @param labels the rows
 * @param tasks the columns; with only one of them, its metric and what it cost
 * @param entries what is in them
 * @param publishedModel the class of models of the published numbers; empty without them
 */
record TableLayout(
    List<String> labels, List<String> tasks, List<ComparisonEntry> entries, String publishedModel) {

  private static final String MISSING = "—";

  private static final int LONGEST_CAUSE = 40;

  /** The only task's table; or all tasks side by side, and then what each of them cost. */
  String written(Function<Grid, String> form) {
    if (tasks.size() == 1) {
      return form.apply(costs(tasks.get(0), true));
    }
    StringBuilder text = new StringBuilder(form.apply(tasksAside()).stripTrailing()).append('\n');
    for (String task : tasks) {
      text.append('\n').append(form.apply(costs(task, false)).stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private Optional<ComparisonEntry> at(String label, String task) {
    return entries.stream()
        .filter(entry -> entry.label().equals(label) && entry.task().equals(task))
        .findFirst();
  }

  private boolean published() {
    return entries.stream().anyMatch(entry -> entry.published().isPresent());
  }

  // ---- one task: the metric and what it cost

  private Grid costs(String task, boolean withNotes) {
    List<ComparisonEntry> rows =
        labels.stream().flatMap(label -> at(label, task).stream()).toList();
    String metric = rows.get(0).metric().isEmpty() ? "metric" : rows.get(0).metric();
    List<String> header = new ArrayList<>(List.of("method", task + " " + metric));
    List<List<Grid.Field>> columns = new ArrayList<>();
    columns.add(rows.stream().map(row -> new Grid.Field(row.label(), false)).toList());
    columns.add(column(rows, TableLayout::metricText, TableLayout::tenths));
    if (published()) {
      header.add("published");
      columns.add(
          rows.stream()
              .map(row -> row.published().map(TableLayout::oneDecimal).orElse(MISSING))
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

  private static String orMissing(ComparisonEntry row, String text) {
    return row.finished().isEmpty() ? MISSING : text;
  }

  private interface Texts {
    String of(ComparisonEntry row);
  }

  private interface Scores {
    /** The more the better; NaN where there is nothing to judge. */
    double of(ComparisonEntry row);
  }

  /** Marks the best, also if there are several; a single score is no best. */
  private static List<Grid.Field> column(List<ComparisonEntry> rows, Texts texts, Scores scores) {
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
              .map(ComparisonEntry::metric)
              .findFirst()
              .orElse("");
      header.add((task + " " + metric).strip());
      List<ComparisonEntry> rows =
          labels.stream().map(label -> at(label, task).orElse(empty(label, task))).toList();
      columns.add(
          column(
              rows,
              row ->
                  metricText(row)
                      + row.published().map(value -> " [" + oneDecimal(value) + "]").orElse(""),
              TableLayout::tenths));
    }
    List<String> notes = new ArrayList<>(List.of(meaning()));
    if (published()) {
      notes.add("[…] published: " + publishedModel + " in P-Tuning v2, arXiv 2110.07602");
    }
    return new Grid(header, transposed(columns), "best of its column", footnotes(notes));
  }

  private static ComparisonEntry empty(String label, String task) {
    return new ComparisonEntry(label, label, task, "", List.of(), List.of(), Optional.empty());
  }

  // ---- what both have

  private static String meaning() {
    return "percent, mean ± standard deviation (number of seeds)";
  }

  /** Rounded as it is shown: what looks the same is equally good. */
  private static double tenths(ComparisonEntry row) {
    return row.sample().map(s -> (double) Math.round(s.mean() * 1000)).orElse(Double.NaN);
  }

  private static String metricText(ComparisonEntry row) {
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
    for (ComparisonEntry entry : entries) {
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
}
