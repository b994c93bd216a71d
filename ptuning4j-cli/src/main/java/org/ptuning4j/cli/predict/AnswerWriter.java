package org.ptuning4j.cli.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.Answer;

/**
 * Asks a predictor batch by batch, and writes a line for each row in the order of the input: its
 * answer, or what is wrong with it. What is wrong is said on standard error as well.
 */
final class AnswerWriter {

  /** Where the lines go. */
  interface Lines {

    /** Writes one. */
    void line(String line);

    /** Hands on what was written so far. */
    void flush();
  }

  private final Predictor predictor;
  private final String input;
  private final Console console;
  private final Lines lines;
  private final IntPredicate holdsSeveral;
  private final boolean nameTasks;
  private final Json json = new Json();

  private int lastLine;
  private int index; // of the row within its line
  private int failed;
  private boolean unexpected;

  /**
   * A writer for one input.
   *
   * @param input what to call it in messages
   * @param holdsSeveral of which of its lines it is known that they hold several rows
   */
  AnswerWriter(
      Predictor predictor, String input, Console console, Lines lines, IntPredicate holdsSeveral) {
    this.predictor = predictor;
    this.input = input;
    this.console = console;
    this.lines = lines;
    this.holdsSeveral = holdsSeveral;
    this.nameTasks = predictor.tasks().size() > 1;
  }

  /** How many rows have no answer. */
  int failed() {
    return failed;
  }

  /** Whether one of them failed for another reason than what it holds. */
  boolean failedUnexpectedly() {
    return unexpected;
  }

  /** Answers rows as one batch, and writes a line for each and for the bad ones among them. */
  void write(List<PredictionInput.Item> items) {
    List<PredictionRow> rows = new ArrayList<>();
    items.forEach(item -> item.row().ifPresent(rows::add));
    List<Outcome> outcomes =
        rows.isEmpty()
            ? List.of()
            : predictor.answer(rows.stream().map(PredictionRow::request).toList());
    int next = 0;
    for (PredictionInput.Item item : items) {
      if (item.row().isPresent()) {
        write(item.row().get(), outcomes.get(next++));
      } else {
        Map<String, Object> line = new LinkedHashMap<>();
        putLine(line, item.badRow().orElseThrow().line());
        line.putAll(item.ids());
        fail(line, item.badRow().orElseThrow().cause());
      }
    }
    lines.flush();
  }

  private void write(PredictionRow row, Outcome outcome) {
    Map<String, Object> line = new LinkedHashMap<>();
    if (row.line() > 0) {
      putLine(line, row.line());
    }
    line.putAll(row.ids());
    if (nameTasks) {
      line.put("task", row.request().task());
    }
    if (outcome instanceof Outcome.Failed bad) {
      unexpected |= !bad.isBadInput();
      fail(line, bad.reason());
      return;
    }
    Answer answer = outcome.orElseThrow();
    Map<String, Object> fields = AnswerFields.of(answer);
    if (Json.hasHalfCharacter(fields)) {
      fail(line, "it holds half of a character (a lone \\uD8xx … \\uDFxx), which has no UTF-8");
      return;
    }
    line.putAll(fields);
    lines.line(json.line(line));
  }

  /** The row's line; and its place within it, from 0, where the line holds several rows. */
  private void putLine(Map<String, Object> line, int number) {
    index = number == lastLine ? index + 1 : 0;
    lastLine = number;
    line.put("line", number);
    if (index > 0 || holdsSeveral.test(number)) {
      line.put("index", index);
    }
  }

  private void fail(Map<String, Object> line, String reason) {
    failed++;
    Object number = line.get("line");
    console.say((number == null ? "" : input + ": line " + number + ": ") + reason);
    line.put("error", reason);
    lines.line(json.line(line));
  }
}
