package org.ptuning4j.cli.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.OutputFile;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.hub.Models;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Query;
import org.ptuning4j.predict.Request;
import org.ptuning4j.task.Task;
import org.ptuning4j.tensor.engine.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
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
      "A row that cannot be used has a line with its `error`, the others are predicted all the"
          + " same;",
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

  @Mixin InputOptions reading;

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
      description =
          "Write here instead of to standard output; the file is there when it is complete.")
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

  private InputFile source;

  public PredictCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    requireOneInput();
    Map<String, Path> folders = PackFolders.named(packs);
    Path folder = Models.resolve(model);
    Precision wanted = Precision.parse(precision);
    Path written = submission == null ? output : submission;
    List<Path> read = inputs(folder, folders.values());
    try (OutputFile file = written == null ? null : outputFile(written, read);
        Predictor predictor = Predictor.open(folder, wanted)) {
      folders.forEach(predictor::add);
      predictor.remarks().forEach(console::warnOnce);
      try {
        int code = submission == null ? predict(predictor, file) : submit(predictor, file);
        if (file != null) {
          file.commit();
        }
        return code;
      } catch (RuntimeException | Error e) {
        if (file != null) {
          file.keepPartial();
        }
        throw e;
      }
    }
  }

  private OutputFile outputFile(Path file, List<Path> read) {
    return OutputFile.of(submission == null ? "output" : "submission", file, read, console);
  }

  /** The files that are read, none of which may be written to. */
  private List<Path> inputs(Path folder, Collection<Path> packFolders) {
    List<Path> files = new ArrayList<>();
    if (input != null) {
      files.add(Path.of(input.equals("-") ? "/dev/stdin" : input));
    }
    List<Path> folders = new ArrayList<>(packFolders);
    folders.add(folder);
    for (Path each : folders) {
      try (Stream<Path> found = Files.list(each)) {
        found.forEach(files::add);
      } catch (IOException e) {
        throw new InvalidInputException(each + " cannot be read (" + e.getMessage() + ")", e);
      }
    }
    return files;
  }

  private int predict(Predictor predictor, OutputFile file) {
    AnswerWriter answers = answer(predictor, file);
    if (answers.failed() > 0 && input != null) {
      console.say(
          Figures.count(answers.failed(), "row") + " could not be used; all others are predicted.");
    }
    return answers.failedUnexpectedly()
        ? UNEXPECTED
        : answers.failed() > 0 && !skipBadRows ? BAD_INPUT : OK;
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
  }

  private AnswerWriter answer(Predictor predictor, OutputFile file) {
    if (input == null) {
      return predictTexts(predictor, file);
    }
    return isOwnFile(predictor)
        ? predictOwnFile(predictor, predictor.task(predictor.tasks().get(0)), file)
        : predictRows(predictor, file);
  }

  /** A writer of answers, whose file is made now that the input is known to be usable. */
  private AnswerWriter writer(
      Predictor predictor, String name, OutputFile file, IntPredicate holdsSeveral) {
    if (file != null) {
      file.open();
    }
    AnswerWriter.Lines lines = file == null ? new ToConsole(console) : new ToFile(file);
    return new AnswerWriter(predictor, name, console, lines, holdsSeveral);
  }

  private record ToConsole(Console console) implements AnswerWriter.Lines {

    @Override
    public void line(String line) {
      console.print(line);
    }

    @Override
    public void flush() {
      console.flush();
    }
  }

  private record ToFile(OutputFile file) implements AnswerWriter.Lines {

    @Override
    public void line(String line) {
      file.line(line);
    }

    @Override
    public void flush() {
      file.flush();
    }
  }

  /** The texts of the command line, asked of every pack. */
  private AnswerWriter predictTexts(Predictor predictor, OutputFile file) {
    String second = texts.size() > 1 ? texts.get(1) : null;
    List<PredictionInput.Item> rows = new ArrayList<>();
    for (String task : predictor.tasks()) {
      Request request = predictor.request(new Query(task, texts.get(0), second));
      rows.add(PredictionInput.Item.of(new PredictionRow(0, Map.of(), request)));
    }
    AnswerWriter answers = writer(predictor, "the text", file, line -> false);
    answers.write(rows);
    return answers;
  }

  /** Whether the input is in a format of the only task's own, such as CoNLL columns. */
  private boolean isOwnFile(Predictor predictor) {
    if (predictor.tasks().size() > 1) {
      return false;
    }
    Task<?> task = predictor.task(predictor.tasks().get(0));
    Optional<FileFormat> own = source().look(task::ownFormat);
    if (own.filter(format -> format == FileFormat.CONLL).isPresent() && !isCalled(own.get())) {
      console.say(
          source().name()
              + " is read as conll: one word a line, blank lines between sentences (--format text"
              + " takes each line for a text)");
    }
    return own.isPresent();
  }

  /** Whether the format was asked for, or the input's name tells it. */
  private boolean isCalled(FileFormat format) {
    return source().settings().format() == format
        || FileFormat.fromName(input).filter(format::equals).isPresent();
  }

  /** What is read; opened as it is first looked at. */
  private InputFile source() {
    if (source == null) {
      source = reading.once(input, console.in());
    }
    return source;
  }

  private <E extends Example> AnswerWriter predictOwnFile(
      Predictor predictor, Task<E> task, OutputFile file) {
    Examples<E> examples = task.readUnlabelled(source());
    List<PredictionInput.Item> items = items(predictor.tasks().get(0), examples);
    Map<Integer, Long> rowsOfLines =
        examples.examples().stream()
            .collect(Collectors.groupingBy(Example::line, Collectors.counting()));
    AnswerWriter answers =
        writer(predictor, input, file, line -> rowsOfLines.getOrDefault(line, 0L) > 1);
    for (int from = 0; from < items.size(); from += BATCH) {
      answers.write(items.subList(from, Math.min(items.size(), from + BATCH)));
    }
    return answers;
  }

  /** Examples and bad rows in the order of their lines. */
  private static <E extends Example> List<PredictionInput.Item> items(
      String name, Examples<E> examples) {
    List<PredictionInput.Item> items = new ArrayList<>();
    Deque<BadRow> bad = new ArrayDeque<>(examples.badRows());
    for (E example : examples.examples()) {
      while (!bad.isEmpty() && bad.peek().line() < example.line()) {
        items.add(PredictionInput.Item.of(bad.poll()));
      }
      Request request = new Request(name, example);
      items.add(PredictionInput.Item.of(new PredictionRow(example.line(), example.ids(), request)));
    }
    bad.forEach(row -> items.add(PredictionInput.Item.of(row)));
    return items;
  }

  /** A whole file in the benchmark's layout, answered in the server's. */
  private int submit(Predictor predictor, OutputFile file) {
    return submit(predictor, predictor.task(predictor.tasks().get(0)), file);
  }

  private <E extends Example> int submit(Predictor predictor, Task<E> task, OutputFile file) {
    Examples<E> examples = task.readUnlabelled(source());
    Evaluator.Answered<E> answered =
        Evaluator.answer(predictor, predictor.tasks().get(0), examples.examples());
    List<BadRow> bad = new ArrayList<>(examples.badRows());
    bad.addAll(answered.failed());
    bad.forEach(row -> console.say(input + ": " + row));
    if (!bad.isEmpty() && !skipBadRows) {
      throw InvalidInputException.of(
          "submission: %s of %s could not be used, and a server wants them all; nothing is written"
              + " (--skip-bad-rows leaves them out)",
          Figures.count(bad.size(), "row"), input);
    }
    String text = task.submission(answered.examples(), answered.answers());
    file.open();
    file.text(text);
    console.say(Figures.count(answered.answers().size(), "row") + " answered in " + submission);
    return OK;
  }

  private AnswerWriter predictRows(Predictor predictor, OutputFile file) {
    String name = source().name();
    try (PredictionInput rows = PredictionInput.open(source(), forms(predictor), taskColumn)) {
      AnswerWriter answers = writer(predictor, name, file, line -> false);
      if (!input.equals("-")) {
        predictAll(rows, answers);
        return answers;
      }
      try (ReadAhead ahead = new ReadAhead(rows)) {
        for (List<PredictionInput.Item> items = ahead.take(BATCH);
            !items.isEmpty();
            items = ahead.take(BATCH)) {
          answers.write(items);
        }
      }
      return answers;
    }
  }

  /** A file in full batches, so that the same file always gives the same batches. */
  private static void predictAll(PredictionInput rows, AnswerWriter answers) {
    List<PredictionInput.Item> items = new ArrayList<>();
    for (var item = rows.next(); item.isPresent(); item = rows.next()) {
      items.add(item.get());
      if (items.size() == BATCH) {
        answers.write(items);
        items.clear();
      }
    }
    answers.write(items);
  }

  private Map<String, RowForm> forms(Predictor predictor) {
    Map<String, RowForm> forms = new LinkedHashMap<>();
    for (String name : predictor.tasks()) {
      forms.put(name, RowForm.of(name, predictor.task(name), text, pair));
    }
    return forms;
  }
}
