package org.ptuning4j.task.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.ToIntFunction;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ColumnGuess;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Values;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.Truncation;

/**
 * What a data file holds, to be looked at before hours are spent on it. Plain records, so that it
 * can be printed and written as JSON as it is.
 *
 * @param file the file's path
 * @param format {@code JSONL}, {@code CSV} or {@code TSV}, or what the name ends with
 * @param fingerprint {@code sha256:} and the hash of the file's bytes
 * @param rows all records, sound and bad
 * @param badRows the bad ones: unreadable, or not usable for the task where one is given
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
    List<Column> columns,
    TaskFacts task,
    List<String> advice) {

  /** How many different values of a column are shown. */
  private static final int EXAMPLES = 3;

  /** The share of one label from which accuracy says little. */
  private static final double ONE_SIDED = 0.9;

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
  public record TaskFacts(
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
  public record Sequences(int total, double mean, int max) {}

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
    List<String> advice = new ArrayList<>();
    ColumnGuess.textColumn(table)
        .ifPresent(
            text ->
                advice.add(
                    "to train on it: --text "
                        + text
                        + ColumnGuess.labelColumn(table).map(l -> " --label " + l).orElse(" …")));
    return of(table, table.badRows(), null, advice);
  }

  /** Looks at a file with a task's eyes, counting lengths in words. */
  public static DataCheck inWords(Table table, SequenceClassificationTask task) {
    Examples<TextExample> examples = examples(table, task);
    ToIntFunction<TextExample> words =
        example -> words(example.text()) + (example.hasPair() ? words(example.pair()) : 0);
    MeasuredLengths lengths = MeasuredLengths.of(examples.examples(), words);
    return of(table, task, examples, lengths.summary("words"), null, List.of());
  }

  /**
   * Looks at a file with a task's eyes, counting lengths in tokens.
   *
   * @param tokens the length of an example before any truncation, special tokens included
   * @param maxLength tokens that will be kept
   */
  public static DataCheck inTokens(
      Table table,
      SequenceClassificationTask task,
      ToIntFunction<TextExample> tokens,
      int maxLength) {
    Examples<TextExample> examples = examples(table, task);
    MeasuredLengths lengths = MeasuredLengths.of(examples.examples(), tokens);
    Cut cut = lengths.cut(maxLength);
    List<String> advice = adviceOnCut(lengths, cut);
    return of(table, task, examples, lengths.summary("tokens"), cut, advice);
  }

  /**
   * Looks at a file with any task's eyes. Lengths are those of the longest sequence of an example,
   * in tokens before any truncation; without an encoder, those of all its texts in words. Labels
   * are counted as often as they occur: a sentence's entities, a text's labels. Where the file has
   * no answers, it is read as one for prediction, which the advice says.
   *
   * @throws org.ptuning4j.InvalidInputException where the file as a whole is not usable
   */
  public static <E extends Example> DataCheck of(
      Path file, Task<E> task, Optional<ItemEncoder> encoder) {
    if (task instanceof SequenceClassificationTask plain) {
      return ofClassification(new TableReader().read(file), plain, encoder);
    }
    return GeneralCheck.of(file, task, encoder);
  }

  private static DataCheck ofClassification(
      Table table, SequenceClassificationTask task, Optional<ItemEncoder> encoder) {
    if (encoder.isEmpty()) {
      return inWords(table, task);
    }
    ItemEncoder whole = new ItemEncoder(encoder.get().tokenizer(), Integer.MAX_VALUE);
    return inTokens(
        table,
        task,
        example -> whole.row(example.text(), example.pair(), Truncation.Strategy.NONE).length(),
        encoder.get().maxLength());
  }

  private static Sequences oneEach(int examples) {
    return new Sequences(examples, examples == 0 ? 0 : 1, examples == 0 ? 0 : 1);
  }

  /** What to do where inputs do not fit. */
  static List<String> adviceOnCut(MeasuredLengths lengths, Cut cut) {
    List<String> advice = new ArrayList<>();
    if (cut.rows() > 0) {
      int enough = lengths.percentile(99);
      String cure =
          enough > cut.maxLength()
              ? "; --max-length " + enough + " would keep 99 % of the rows whole"
              : "";
      advice.add(
          String.format(
              Locale.ROOT,
              "%s (%.1f %%) %s longer than %d tokens and will be cut%s",
              rows(cut.rows()),
              100 * cut.share(),
              cut.rows() == 1 ? "is" : "are",
              cut.maxLength(),
              cure));
    }
    return advice;
  }

  private static DataCheck of(
      Table table,
      SequenceClassificationTask task,
      Examples<TextExample> examples,
      Lengths lengths,
      Cut cut,
      List<String> adviceOnLength) {
    Inputs inputs = Inputs.of(examples.examples());
    TaskFacts facts =
        new TaskFacts(
            task.name(),
            examples.examples().size(),
            emptyTexts(table, task),
            labelCounts(task, examples),
            lengths,
            cut,
            inputs.repeats(),
            inputs.conflicts(),
            cut == null ? null : oneEach(examples.examples().size()));
    List<String> advice = new ArrayList<>(advice(table, task, facts));
    advice.addAll(adviceOnLength);
    return of(table, examples.badRows(), facts, advice);
  }

  private static DataCheck of(
      Table table, List<BadRow> badRows, TaskFacts facts, List<String> advice) {
    return new DataCheck(
        table.file().toString(),
        table.format().name(),
        table.fingerprint(),
        table.rows().size() + table.badRows().size(),
        badRows,
        table.columnNames().stream().map(name -> column(table, name)).toList(),
        facts,
        List.copyOf(advice));
  }

  private static Examples<TextExample> examples(Table table, SequenceClassificationTask task) {
    return table.columnNames().contains(task.labelColumn())
        ? task.readExamples(table)
        : task.readUnlabelled(table);
  }

  private static int emptyTexts(Table table, SequenceClassificationTask task) {
    return (int)
        table.rows().stream()
            .filter(
                row -> !task.text().isFilled(row) || (task.hasPair() && !task.pair().isFilled(row)))
            .count();
  }

  private static List<LabelCount> labelCounts(
      SequenceClassificationTask task, Examples<TextExample> examples) {
    Map<String, Integer> counts = TextExample.labelCounts(examples.examples());
    if (counts.isEmpty()) {
      return List.of();
    }
    double all = examples.examples().size();
    return (task.hasLabels() ? task.labels() : List.copyOf(counts.keySet()))
        .stream()
            .map(
                label -> {
                  int count = counts.getOrDefault(label, 0);
                  return new LabelCount(label, task.labelName(label), count, count / all);
                })
            .toList();
  }

  private static List<String> advice(
      Table table, SequenceClassificationTask task, TaskFacts facts) {
    List<String> advice = new ArrayList<>();
    if (!table.columnNames().contains(task.labelColumn())) {
      advice.add(
          "there is no label column '" + task.labelColumn() + "': the file is for prediction only");
    } else if (facts.labels().size() == 1) {
      advice.add("'" + facts.labels().get(0).label() + "' is the only label in the file");
    }
    for (LabelCount label : facts.labels()) {
      if (label.count() == 0) {
        advice.add("label '" + label.label() + "' does not occur");
      } else if (label.share() >= ONE_SIDED && label.share() < 1) {
        advice.add(
            String.format(
                Locale.ROOT,
                "always saying '%s' would be right in %.1f %% of the rows: look at macro_f1 or mcc",
                label.label(),
                100 * label.share()));
      }
    }
    advice.addAll(adviceOnRepeats(facts));
    return advice;
  }

  static List<String> adviceOnRepeats(TaskFacts facts) {
    List<String> advice = new ArrayList<>();
    if (facts.conflicts().inputs() > 0) {
      advice.add(
          (facts.conflicts().inputs() == 1
                  ? "1 input occurs"
                  : facts.conflicts().inputs() + " inputs occur")
              + " with different labels");
    }
    if (facts.repeats().rows() > 0) {
      int repeats = facts.repeats().rows();
      advice.add(rows(repeats) + (repeats == 1 ? " repeats" : " repeat") + " an earlier input");
    }
    return advice;
  }

  static Column column(Table table, String name) {
    Set<String> kinds = new LinkedHashSet<>();
    Set<Object> values = new LinkedHashSet<>();
    int filled = 0;
    for (Row row : table.rows()) {
      if (row.isFilled(name)) {
        filled++;
        kinds.add(Values.kind(row.get(name)));
        values.add(row.get(name));
      }
    }
    String kind = kinds.isEmpty() ? "empty" : kinds.size() > 1 ? "mixed" : kinds.iterator().next();
    List<String> examples = values.stream().limit(EXAMPLES).map(Values::shown).toList();
    double share = table.rows().isEmpty() ? 0 : (double) filled / table.rows().size();
    return new Column(name, kind, share, values.size(), examples);
  }

  static int words(String text) {
    return new StringTokenizer(text).countTokens();
  }

  private static String rows(int count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "row" : "rows");
  }
}
