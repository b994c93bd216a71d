package org.ptuning4j.cli.predict;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.hub.Models;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Query;
import org.ptuning4j.predict.Request;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.engine.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune predict}: texts in, labels with probabilities out, one JSON object a line. */
@CommandLine.Command(
    name = "predict",
    sortOptions = false,
    description = {
      "Predicts on texts of the command line, a file or standard input, and prints one JSON object"
          + " a line: label, what it is called, and the probability of each label.",
      "Several packs answer over one copy of the model; rows of different tasks share a batch.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune predict --model bert-mini --pack runs/sst2/pack \"A delight from start to finish.\"",
      "  A pair of texts:",
      "    ptune predict --model bert-mini --pack runs/rte \"A man sleeps.\" \"Somebody sleeps.\"",
      "  A file, its rows' columns named as in training; or other columns:",
      "    ptune predict --model bert-mini --pack runs/sst2 --input new.jsonl --output"
          + " labels.jsonl",
      "    ptune predict --model bert-mini --pack runs/sst2 --input new.csv --text review",
      "  Lines of plain text as they come:",
      "    tail -f comments.txt | ptune predict --model bert-mini --pack runs/sst2 --input -",
      "  Two tasks; the column `task` of each row says which:",
      "    ptune predict --model bert-mini --pack mood=runs/sst2 --pack runs/rte --input"
          + " mixed.jsonl",
      "",
      "A row that cannot be used is reported with its line, the others are predicted all the same;",
      "the exit code is then 2, unless --skip-bad-rows is given."
    })
public final class PredictCommand extends Command {

  private static final int BATCH = 256;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model that the packs were trained on: a folder, or bert-mini.")
  String model;

  @Option(
      names = "--pack",
      required = true,
      paramLabel = "[NAME=]DIR",
      description =
          "A pack, or the folder of the run that made it. Repeat it for several tasks; a pack"
              + " without NAME is called by its task.")
  List<String> packs;

  @Parameters(
      arity = "0..2",
      paramLabel = "TEXT",
      description = "The text; two texts for a task on pairs.")
  List<String> texts = List.of();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Rows to predict on: JSONL, CSV, TSV or lines of text; - is standard input.")
  String input;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "auto, text, jsonl, csv or tsv. Default: auto, told from name or first line.")
  String format;

  @Option(
      names = "--text",
      paramLabel = "COL",
      description = "The column or template of the text. Default: as in training.")
  String text;

  @Option(
      names = "--pair",
      paramLabel = "COL",
      description = "The column or template of the second text. Default: as in training.")
  String pair;

  @Option(
      names = "--task-column",
      paramLabel = "COL",
      defaultValue = "task",
      description = "With several packs: the column that names a row's pack. Default: task.")
  String taskColumn;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write here instead of to standard output.")
  Path output;

  @Option(
      names = "--submission",
      paramLabel = "FILE",
      description =
          "Write the answers to all of --input as the benchmark's server (or the official scorer)"
              + " wants them, instead of printing them.")
  Path submission;

  @Option(
      names = "--skip-bad-rows",
      description = "Do not end with 2 because of rows that cannot be used.")
  boolean skipBadRows;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "auto",
      completionCandidates = Choices.Precisions.class,
      description = "${COMPLETION-CANDIDATES}. Default: auto.")
  String precision;

  private final Json json = new Json();
  private int badRows;

  public PredictCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    requireOneInput();
    Map<String, Path> folders = PackFolders.named(packs);
    Path folder = Models.resolve(model);
    Precision wanted = Precision.parse(precision);
    try (Results results = results();
        Predictor predictor = Predictor.open(folder, wanted)) {
      folders.forEach(predictor::add);
      if (submission != null) {
        submit(predictor, predictor.task(folders.keySet().iterator().next()));
      } else if (input == null) {
        predictTexts(predictor, results);
      } else if (isOwnFile(predictor)) {
        predictOwnFile(predictor, predictor.task(predictor.tasks().get(0)), results);
      } else {
        predictRows(predictor, results);
      }
    }
    if (badRows > 0) {
      console.say(Figures.count(badRows, "row") + " could not be used; all others are predicted.");
    }
    return badRows > 0 && !skipBadRows ? BAD_INPUT : OK;
  }

  private void requireOneInput() {
    if (texts.size() > 2) {
      throw InvalidInputException.of(
          "input: %d texts are given, and a task takes one or two; put each into quotation marks",
          texts.size());
    }
    if (texts.stream().anyMatch(String::isBlank)) {
      throw new InvalidInputException("input: a text is blank");
    }
    if (texts.isEmpty() == (input == null)) {
      throw new InvalidInputException(
          texts.isEmpty()
              ? "input: give a text, or --input FILE (- for standard input)"
              : "input: give a text or --input FILE, not both");
    }
    if (packs.size() > 1 && (text != null || pair != null)) {
      throw new InvalidInputException(
          "text: --text and --pair say what one task reads; with several packs leave them out");
    }
    if (submission != null && output != null) {
      throw new InvalidInputException("output: give --output or --submission, not both");
    }
    if (submission != null && (input == null || input.equals("-") || packs.size() > 1)) {
      throw new InvalidInputException(
          "submission: it is made of one pack's answers to a whole file: give one --pack and"
              + " --input FILE");
    }
    if (!List.of("auto", "text", "jsonl", "csv", "tsv").contains(format)) {
      throw InvalidInputException.of(
          "format: '%s' is not one of auto, text, jsonl, csv, tsv", format);
    }
  }

  /** Lines of the answer, to a file or to standard output. */
  private interface Results extends AutoCloseable {

    void line(String line);

    void flush();

    @Override
    void close();
  }

  private Results results() {
    return output == null ? new ToConsole(console) : new ToFile(output, input);
  }

  private record ToConsole(Console console) implements Results {

    @Override
    public void line(String line) {
      console.print(line);
    }

    @Override
    public void flush() {
      console.flush();
    }

    @Override
    public void close() {
      // Standard output stays open.
    }
  }

  private static final class ToFile implements Results {

    private final Path file;
    private final java.io.BufferedWriter writer;

    ToFile(Path file, String input) {
      this.file = file;
      try {
        if (input != null
            && Files.exists(file)
            && Files.exists(Path.of(input))
            && Files.isSameFile(file, Path.of(input))) {
          throw InvalidInputException.of("output: %s is the input itself", file);
        }
        writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new InvalidInputException(
            "output: " + file + " cannot be written (" + e.getMessage() + ")", e);
      }
    }

    @Override
    public void line(String line) {
      write(() -> writer.write(line + "\n"));
    }

    @Override
    public void flush() {
      write(writer::flush);
    }

    @Override
    public void close() {
      write(writer::close);
    }

    private interface Writing {
      void run() throws IOException;
    }

    private void write(Writing writing) {
      try {
        writing.run();
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
      }
    }
  }

  /** The texts of the command line, asked of every pack. */
  private void predictTexts(Predictor predictor, Results results) {
    String second = texts.size() > 1 ? texts.get(1) : null;
    List<PredictionRow> rows = new ArrayList<>();
    for (String task : predictor.tasks()) {
      rows.add(
          new PredictionRow(0, null, predictor.request(new Query(task, texts.get(0), second))));
    }
    List<Answer> answers =
        predictor.answer(rows.stream().map(PredictionRow::request).toList()).stream()
            .map(org.ptuning4j.predict.Outcome::orElseThrow)
            .toList();
    for (int i = 0; i < rows.size(); i++) {
      results.line(json.line(answer(rows.get(i), answers.get(i))));
    }
    results.flush();
  }

  /** Whether the input is a file in the format of the only task, such as CoNLL columns. */
  private boolean isOwnFile(Predictor predictor) {
    return predictor.tasks().size() == 1
        && !input.equals("-")
        && format.equals("auto")
        && predictor.task(predictor.tasks().get(0)).hasOwnFormat(Path.of(input));
  }

  private <E extends Example> void predictOwnFile(
      Predictor predictor, Task<E> task, Results results) {
    String name = predictor.tasks().get(0);
    Examples<E> examples = task.readUnlabelled(Path.of(input));
    examples.badRows().forEach(bad -> reportBad(input, bad));
    List<E> rows = examples.examples();
    for (int from = 0; from < rows.size(); from += BATCH) {
      List<PredictionRow> batch =
          rows.subList(from, Math.min(rows.size(), from + BATCH)).stream()
              .map(row -> new PredictionRow(row.line(), null, new Request(name, row)))
              .toList();
      answers(predictor, batch, input)
          .forEach((row, said) -> results.line(json.line(answer(row, said))));
      results.flush();
    }
  }

  /** A whole file in the benchmark's layout, answered in the server's. */
  private <E extends Example> void submit(Predictor predictor, Task<E> task) {
    String name = predictor.tasks().get(0);
    Examples<E> examples = task.readUnlabelled(Path.of(input));
    examples.badRows().forEach(bad -> reportBad(input, bad));
    List<E> rows = examples.examples();
    List<Answer> answers =
        predictor.answer(rows.stream().map(row -> new Request(name, row)).toList()).stream()
            .map(org.ptuning4j.predict.Outcome::orElseThrow)
            .toList();
    try {
      Files.writeString(submission, task.submission(rows, answers), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InvalidInputException(
          "submission: " + submission + " cannot be written (" + e.getMessage() + ")", e);
    }
    console.say(Figures.count(rows.size(), "row") + " answered in " + submission);
  }

  private void predictRows(Predictor predictor, Results results) {
    String name = input.equals("-") ? "standard input" : input;
    try (InputStream in = input.equals("-") ? console.in() : open(Path.of(input));
        PredictionInput rows =
            PredictionInput.open(in, name, format, forms(predictor), taskColumn)) {
      if (!input.equals("-")) {
        predictAll(predictor, rows, name, results);
        return;
      }
      try (ReadAhead ahead = new ReadAhead(rows)) {
        for (List<PredictionInput.Item> items = ahead.take(BATCH);
            !items.isEmpty();
            items = ahead.take(BATCH)) {
          predict(predictor, items, name, results);
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException(name + " cannot be closed: " + e.getMessage(), e);
    }
  }

  /** A file in full batches, so that the same file always gives the same batches. */
  private void predictAll(Predictor predictor, PredictionInput rows, String name, Results results) {
    List<PredictionInput.Item> items = new ArrayList<>();
    for (var item = rows.next(); item.isPresent(); item = rows.next()) {
      items.add(item.get());
      if (items.size() == BATCH) {
        predict(predictor, items, name, results);
        items.clear();
      }
    }
    predict(predictor, items, name, results);
  }

  private static InputStream open(Path file) {
    if (!Files.isRegularFile(file) && !Files.isReadable(file)) {
      throw InvalidInputException.of("input: %s does not exist or is not readable", file);
    }
    if (Files.isDirectory(file)) {
      throw InvalidInputException.of("input: %s is a folder; name the file in it", file);
    }
    try {
      return new java.io.BufferedInputStream(Files.newInputStream(file), 1 << 16);
    } catch (IOException e) {
      throw new InvalidInputException(
          "input: " + file + " cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private Map<String, RowForm> forms(Predictor predictor) {
    Map<String, RowForm> forms = new LinkedHashMap<>();
    for (String name : predictor.tasks()) {
      forms.put(name, RowForm.of(name, predictor.task(name), text, pair));
    }
    return forms;
  }

  private void predict(
      Predictor predictor, List<PredictionInput.Item> items, String name, Results results) {
    List<PredictionRow> rows = new ArrayList<>();
    for (PredictionInput.Item item : items) {
      item.row().ifPresent(rows::add);
      item.badRow().ifPresent(bad -> reportBad(name, bad));
    }
    if (rows.isEmpty()) {
      return;
    }
    answers(predictor, rows, name)
        .forEach((row, answer) -> results.line(json.line(answer(row, answer))));
    results.flush();
  }

  /** One batch; where a row of it cannot be encoded, row by row, so that only that one is lost. */
  private Map<PredictionRow, Answer> answers(
      Predictor predictor, List<PredictionRow> rows, String name) {
    Map<PredictionRow, Answer> answers = new LinkedHashMap<>();
    try {
      List<Answer> all =
          predictor.answer(rows.stream().map(PredictionRow::request).toList()).stream()
              .map(org.ptuning4j.predict.Outcome::orElseThrow)
              .toList();
      for (int i = 0; i < rows.size(); i++) {
        answers.put(rows.get(i), all.get(i));
      }
    } catch (InvalidInputException e) {
      if (rows.size() == 1) {
        reportBad(name, new BadRow(rows.get(0).line(), e.getMessage()));
      } else {
        rows.forEach(row -> answers.putAll(answers(predictor, List.of(row), name)));
      }
    }
    return answers;
  }

  private void reportBad(String name, BadRow bad) {
    badRows++;
    PrintStream err = console.err();
    err.println(name + ": " + bad);
  }

  private Map<String, Object> answer(PredictionRow row, Answer said) {
    Map<String, Object> answer = new LinkedHashMap<>();
    if (row.line() > 0) {
      answer.put("line", row.line());
    }
    if (row.id() != null) {
      answer.put("id", row.id());
    }
    if (packs.size() > 1) {
      answer.put("task", row.request().task());
    }
    said.fields().forEach((name, value) -> answer.put(name, rounded(value)));
    return answer;
  }

  /** Six digits after the point are more than enough of a probability. */
  private static Object rounded(Object value) {
    if (value instanceof Double number) {
      return Double.isFinite(number) ? Math.round(number * 1e6) / 1e6 : number;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> rounded = new LinkedHashMap<>();
      map.forEach((key, each) -> rounded.put(key, rounded(each)));
      return rounded;
    }
    return value instanceof List<?> list
        ? list.stream().map(PredictCommand::rounded).toList()
        : value;
  }
}
