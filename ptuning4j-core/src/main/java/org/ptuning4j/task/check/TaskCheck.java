package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.function.ToIntFunction;
import org.ptuning4j.Message;
import org.ptuning4j.SettingName;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.task.Task;

/**
 * Counts what a task finds in a file that it has read.
 *
 * @param task the task
 * @param labels its labels, where they are known
 * @param examples what it has read
 */
record TaskCheck<E extends Example>(Task<E> task, Collection<String> labels, Examples<E> examples) {

  /**
   * How long the examples are for a model.
   *
   * @param length tokens of an example before any truncation, special ones included
   * @param rows sequences that are read of an example
   * @param maxLength tokens that will be kept
   */
  record Measure<E>(ToIntFunction<E> length, ToIntFunction<E> rows, int maxLength) {}

  /** Counts lengths in words. */
  DataCheck inWords(List<Message> problems) {
    List<CheckedExample> checked = CheckedExample.of(task, examples);
    MeasuredLengths lengths =
        MeasuredLengths.of(
            checked.stream()
                .mapToInt(e -> e.content().texts().stream().mapToInt(TaskCheck::words).sum())
                .toArray(),
            checked.stream().mapToInt(CheckedExample::line).toArray());
    return of(checked, lengths, "words", null, null, problems);
  }

  /** Counts lengths in tokens. */
  DataCheck inTokens(Measure<E> measure, List<Message> problems) {
    List<E> each = examples.examples();
    MeasuredLengths lengths =
        MeasuredLengths.of(
            each.stream().mapToInt(measure.length()).toArray(),
            each.stream().mapToInt(Example::line).toArray());
    int[] rows = each.stream().mapToInt(measure.rows()).toArray();
    return of(
        CheckedExample.of(task, examples),
        lengths,
        "tokens",
        lengths.cut(measure.maxLength()),
        DataCheck.Sequences.of(rows),
        problems);
  }

  private DataCheck of(
      List<CheckedExample> checked,
      MeasuredLengths lengths,
      String unit,
      DataCheck.Cut cut,
      DataCheck.Sequences sequences,
      List<Message> problems) {
    EqualInputs inputs = EqualInputs.of(checked);
    DataCheck.TaskFindings findings =
        new DataCheck.TaskFindings(
            task.name(),
            checked.size(),
            (int) examples.badRows().stream().filter(TaskCheck::lacksText).count(),
            labelCounts(checked),
            lengths.summary(unit),
            cut,
            inputs.repeats(),
            inputs.conflicts(),
            sequences);
    List<Message> advice = new ArrayList<>();
    task.answersInTexts()
        .forEach(
            column ->
                advice.add(
                    Message.of(
                        "column '%s' holds the answers and is part of the texts too", column)));
    DataWarnings.of(task, examples.examples(), checked, labels)
        .forEach(each -> advice.add(Message.plain(each)));
    if (cut != null && sequences.total() == checked.size()) { // windows cut nothing off
      adviceOnCut(lengths, cut).ifPresent(advice::add);
    }
    return check(findings, advice, problems);
  }

  private DataCheck check(
      DataCheck.TaskFindings findings, List<Message> advice, List<Message> problems) {
    return new DataCheck(
        examples.file().toString(),
        examples.format().map(FileFormat::name).orElseGet(task::kind),
        examples.fingerprint(),
        findings.examples() + examples.badRows().size(),
        examples.badRows(),
        List.copyOf(problems),
        examples.table().map(DataCheck::columns).orElse(List.of()),
        findings,
        List.copyOf(advice));
  }

  private static boolean lacksText(BadRow row) {
    return row.lack() == BadRow.Lack.TEXT;
  }

  private List<DataCheck.LabelCount> labelCounts(List<CheckedExample> checked) {
    Map<String, Integer> counts = LabelWarnings.of(checked, labels).counts();
    double all = counts.values().stream().mapToInt(Integer::intValue).sum();
    if (all == 0) {
      return List.of();
    }
    return counts.entrySet().stream()
        .map(
            label ->
                new DataCheck.LabelCount(
                    label.getKey(),
                    task.labelName(label.getKey()),
                    label.getValue(),
                    label.getValue() / all))
        .toList();
  }

  /** What to do where inputs do not fit. */
  private static Optional<Message> adviceOnCut(MeasuredLengths lengths, DataCheck.Cut cut) {
    if (cut.rows() == 0) {
      return Optional.empty();
    }
    String longer =
        String.format(
            Locale.ROOT,
            "%,d %s (%.1f %%) %s longer than %d tokens and will be cut",
            cut.rows(),
            cut.rows() == 1 ? "row" : "rows",
            100 * cut.share(),
            cut.rows() == 1 ? "is" : "are",
            cut.maxLength());
    int enough = lengths.percentile(99);
    return Optional.of(
        enough > cut.maxLength()
            ? Message.of(
                "%s; %s %d would keep 99 %% of the rows whole",
                longer, new SettingName("max-length"), enough)
            : Message.plain(longer));
  }

  private static int words(String text) {
    return new StringTokenizer(text).countTokens();
  }
}
