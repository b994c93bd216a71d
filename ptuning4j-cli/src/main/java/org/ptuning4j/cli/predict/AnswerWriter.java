package org.ptuning4j.cli.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Source;
import org.ptuning4j.predict.AnswerFields;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.WritingOptions;

/**
 * Asks a predictor batch by batch, and writes a line for each row in the order of the input: its
 * answer, or what is wrong with it. What is wrong is said on standard error as well.
 */
final class AnswerWriter {

  /** Rows that are asked at once. */
  private static final int BATCH = 256;

  private final Predictor predictor;
  private final WritingOptions writing;
  private final String input;
  private final Console console;
  private final AnswerLines lines;
  private final boolean nameTasks;
  private final Json json = new Json();

  private final LinePlaces places = new LinePlaces();
  private int failed;
  private boolean unexpected;

  private AnswerWriter(
      Predictor predictor,
      WritingOptions writing,
      String input,
      Console console,
      AnswerLines lines) {
    this.predictor = predictor;
    this.writing = writing;
    this.input = input;
    this.console = console;
    this.lines = lines;
    this.nameTasks = predictor.tasks().size() > 1;
  }

  /**
   * A writer for one input that is known to be usable: a file to write to is made now.
   *
   * @param writing how answers are written that the model writes
   * @param input what to call it in messages
   */
  static AnswerWriter opened(
      Predictor predictor,
      WritingOptions writing,
      String input,
      Console console,
      AnswerLines lines) {
    lines.open();
    return new AnswerWriter(predictor, writing, input, console, lines);
  }

  /** How many rows have no answer. */
  int failed() {
    return failed;
  }

  /** Whether one of them failed for another reason than what it holds. */
  boolean failedUnexpectedly() {
    return unexpected;
  }

  /**
   * Answers all rows of an input.
   *
   * @param asTheyCome whether a row is answered as soon as it is there; otherwise batches are full,
   *     so that the same file always gives the same batches
   */
  void writeAll(PredictionInput rows, boolean asTheyCome) {
    if (asTheyCome) {
      try (ReadAhead ahead = new ReadAhead(rows)) {
        for (List<PredictionInput.Item> items = ahead.take(BATCH);
            !items.isEmpty();
            items = ahead.take(BATCH)) {
          write(items);
        }
      }
      return;
    }
    List<PredictionInput.Item> items = new ArrayList<>();
    for (var item = rows.next(); item.isPresent(); item = rows.next()) {
      items.add(item.get());
      if (items.size() == BATCH) {
        write(items);
        items.clear();
      }
    }
    write(items);
  }

  /** Answers rows in full batches. */
  void writeAll(List<PredictionInput.Item> items) {
    for (int from = 0; from < items.size(); from += BATCH) {
      write(items.subList(from, Math.min(items.size(), from + BATCH)));
    }
  }

  /** Answers rows as one batch, and writes a line for each and for the bad ones among them. */
  void write(List<PredictionInput.Item> items) {
    List<Request> requests = new ArrayList<>();
    items.forEach(item -> item.row().ifPresent(row -> requests.add(asked(row))));
    List<Outcome> outcomes = predictor.answer(requests);
    int next = 0;
    for (PredictionInput.Item item : items) {
      if (item.row().isPresent()) {
        write(item.row().get(), outcomes.get(next++));
      } else {
        BadRow bad = item.badRow().orElseThrow();
        Map<String, Object> line = started(bad.source());
        item.task().filter(task -> nameTasks).ifPresent(task -> line.put("task", task));
        fail(bad.source(), line, bad.cause());
      }
    }
    lines.flush();
  }

  private Request asked(PredictionRow row) {
    return row.request().written(writing);
  }

  private void write(PredictionRow row, Outcome outcome) {
    Optional<Outcome.Failed> failure = outcome.failure();
    if (failure.isPresent()) {
      unexpected |= !failure.get().isBadInput();
      fail(row, failure.get().reason());
      return;
    }
    Map<String, Object> fields = AnswerFields.of(outcome.orElseThrow());
    if (Json.hasHalfCharacter(fields)) {
      fail(row, "it holds half of a character (a lone \\uD8xx … \\uDFxx), which has no UTF-8");
      return;
    }
    Map<String, Object> line = started(row);
    line.putAll(fields);
    lines.line(json.line(line));
  }

  private void fail(PredictionRow row, String reason) {
    fail(row.source(), started(row), reason);
  }

  private void fail(Source source, Map<String, Object> line, String reason) {
    failed++;
    console.say(source.line() == 0 ? reason : input + ": " + source.place() + ": " + reason);
    line.put("error", reason);
    lines.line(json.line(line));
  }

  private Map<String, Object> started(PredictionRow row) {
    Map<String, Object> line = started(row.source());
    if (nameTasks) {
      line.put("task", row.request().task());
    }
    return line;
  }

  /**
   * A line of the result as it begins: the row's line; its place within it, from 0, where the line
   * may hold several rows; what the row calls itself.
   */
  private Map<String, Object> started(Source source) {
    Map<String, Object> line = new LinkedHashMap<>();
    if (source.line() > 0) {
      int index = places.next(source);
      line.put("line", source.line());
      if (source.record() > 0 || source.part() > 0) {
        line.put("index", index);
      }
    }
    line.putAll(source.ids());
    return line;
  }
}
