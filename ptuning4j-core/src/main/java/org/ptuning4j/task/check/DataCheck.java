package org.ptuning4j.task.check;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.ptuning4j.Message;
import org.ptuning4j.SettingName;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.LikelyColumns;

/**
 * What a data file holds, to be looked at before hours are spent on it. Plain records, so that it
 * can be printed and written as JSON as it is.
 *
 * @param file the file's path
 * @param format how the file was read, such as {@code JSONL}, whatever it is called; the kind of
 *     task where only that knows the format
 * @param fingerprint {@code sha256:} and the hash of the file's bytes
 * @param rows all records, sound and bad
 * @param badRows the bad ones: unreadable, or not usable for the task where one is given
 * @param problems why the file as a whole cannot be used for what it was checked for
 * @param columns what each column holds
 * @param task what the task finds in the file, or {@code null} where none is given
 * @param advice what a person should know or do about it, most important first
 */
public record DataCheck(
    String file,
    String format,
    String fingerprint,
    int rows,
    List<BadRow> badRows,
    List<Message> problems,
    List<Column> columns,
    TaskFindings task,
    List<Message> advice) {

  /** How many different values of a column are shown. */
  private static final int EXAMPLES = 3;

  /**
   * What one column holds.
   *
   * @param name its name
   * @param kind {@code text}, {@code number}, {@code boolean}, {@code list}, {@code object}, {@code
   *     mixed} or {@code empty}
   * @param filled the share of sound rows in which it is neither absent nor blank, 0 to 1
   * @param distinct how many different values it has
   * @param examples its first different values, shortened
   */
  public record Column(
      String name, String kind, double filled, int distinct, List<String> examples) {}

  /**
   * What a task finds.
   *
   * @param name the task's name
   * @param examples usable rows
   * @param emptyTexts rows where a text is absent or blank
   * @param labels each label with its count, in the task's order; empty for a file without labels
   * @param lengths how long the inputs are
   * @param cut what does not fit; {@code null} where lengths are counted in words
   * @param repeats inputs that occur more than once
   * @param conflicts those of them that have different labels
   * @param sequences what the model reads of an example; {@code null} where lengths are in words
   */
  public record TaskFindings(
      String name,
      int examples,
      int emptyTexts,
      List<LabelCount> labels,
      Lengths lengths,
      Cut cut,
      Repeats repeats,
      Conflicts conflicts,
      Sequences sequences) {}

  /**
   * What the model reads of examples: a sequence each, or one for each window or candidate.
   *
   * @param total of all examples
   * @param mean an example
   * @param max of one example
   */
  public record Sequences(int total, double mean, int max) {

    /** Of the sequences that are read of each example. */
    static Sequences of(int[] rows) {
      IntStream all = IntStream.of(rows);
      return new Sequences(
          IntStream.of(rows).sum(), all.average().orElse(0), IntStream.of(rows).max().orElse(0));
    }
  }

  /**
   * How often a label occurs.
   *
   * @param label as the file writes it
   * @param name what it is called
   * @param count its rows
   * @param share of all usable rows, 0 to 1
   */
  public record LabelCount(String label, String name, int count, double share) {}

  /**
   * How long the inputs are, pairs together; percentiles by nearest rank.
   *
   * @param unit {@code tokens} (special ones included) or {@code words}
   * @param longestLine the line of the longest
   */
  public record Lengths(
      String unit,
      double mean,
      int min,
      int p50,
      int p90,
      int p95,
      int p99,
      int max,
      int longestLine) {}

  /**
   * What is longer than the model will read.
   *
   * @param maxLength tokens that are kept
   * @param rows how many are longer
   * @param share of all usable rows, 0 to 1
   */
  public record Cut(int maxLength, int rows, double share) {}

  /**
   * Inputs that occur more than once.
   *
   * @param rows how many rows repeat an earlier one
   * @param first the lines of the first such inputs
   */
  public record Repeats(int rows, List<List<Integer>> first) {}

  /**
   * Inputs that occur with different labels.
   *
   * @param inputs how many
   * @param first the first of them
   */
  public record Conflicts(int inputs, List<Conflict> first) {}

  /**
   * One input with different labels.
   *
   * @param lines where it stands with each of its labels first
   * @param labels the label at each of these lines
   */
  public record Conflict(List<Integer> lines, List<String> labels) {}

  /** Looks at a file as it is, without a task: its columns, and which may be text and label. */
  public static DataCheck of(Table table) {
    List<Message> advice = new ArrayList<>();
    LikelyColumns.textColumn(table).ifPresent(text -> advice.add(columnsToTrainOn(table, text)));
    return of(table, table.badRows(), null, advice);
  }

  private static Message columnsToTrainOn(Table table, String text) {
    SettingName ofText = new SettingName("text");
    SettingName ofLabel = new SettingName("label");
    return LikelyColumns.labelColumn(table)
        .map(label -> Message.of("to train on it: %s %s %s %s", ofText, text, ofLabel, label))
        .orElseGet(
            () ->
                Message.of(
                    "to train on it: %s %s, and %s with the column of the labels; %s",
                    ofText,
                    text,
                    ofLabel,
                    LikelyColumns.columnOfOneLabel(table)
                        .map(column -> "'" + column + "' has one value only")
                        .orElse("no column looks like one")));
  }

  private static DataCheck of(
      Table table, List<BadRow> badRows, TaskFindings findings, List<Message> advice) {
    return new DataCheck(
        table.file().toString(),
        table.format().name(),
        table.fingerprint(),
        table.rows().size() + table.badRows().size(),
        badRows,
        List.of(),
        columns(table),
        findings,
        List.copyOf(advice));
  }

  /** Whether the file can be used as it was checked: there is neither a bad row nor a problem. */
  @JsonIgnore
  public boolean isSound() {
    return badRows.isEmpty() && problems.isEmpty();
  }

  static List<Column> columns(Table table) {
    return table.columnNames().stream().map(name -> column(table, name)).toList();
  }

  static Column column(Table table, String name) {
    Set<String> kinds = new LinkedHashSet<>();
    Set<Object> values = new LinkedHashSet<>();
    int filled = 0;
    for (Row row : table.rows()) {
      if (row.isFilled(name)) {
        filled++;
        kinds.add(ColumnValues.kind(row.get(name)));
        values.add(row.get(name));
      }
    }
    String kind = kinds.isEmpty() ? "empty" : kinds.size() > 1 ? "mixed" : kinds.iterator().next();
    List<String> examples = values.stream().limit(EXAMPLES).map(ColumnValues::shown).toList();
    double share = table.rows().isEmpty() ? 0 : (double) filled / table.rows().size();
    return new Column(name, kind, share, values.size(), examples);
  }
}
