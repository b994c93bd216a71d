package org.ptuning4j.cli.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.options.WritingChoices;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.OutputFile;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.WritingOptions;
import org.ptuning4j.task.generation.GeneratedAnswer;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.tensor.engine.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune generate}: texts in, their continuations out. */
@CommandLine.Command(
    name = "generate",
    sortOptions = false,
    description = {
      "Continues texts with a decoder such as GPT-2, as it is or with packs that were trained to"
          + " write; with GLM, fills the blank [MASK] in each.",
      "Prints one JSON object a line; on a terminal, a single text as it is written.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune generate --model DIR \"The film was\"",
      "  ptune generate --model DIR --temperature 0.8 --top-p 0.9 --sequences 3 \"The film was\"",
      "  A pack that was trained on sources and targets:",
      "    ptune generate --model DIR --pack runs/tables --input tables.jsonl --output texts.jsonl",
      "",
      "A row that cannot be used has a line with its `error`, the others are continued all the"
          + " same;",
      "the exit code is then 2, unless --skip-bad-rows is given."
    })
public final class GenerateCommand extends Command {

  private static final String PLAIN = "text";

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--pack",
      paramLabel = "[NAME=]DIR",
      description =
          "A pack that writes, or the folder of the run that made it. Repeat it for several; a pack"
              + " without NAME is called by its task. Default: none, the model as it is.")
  List<String> packs = List.of();

  @Parameters(arity = "0..1", paramLabel = "TEXT", description = "The text that is continued.")
  String given;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Rows to continue: JSONL, CSV, TSV or lines of text; - is standard input.")
  String input;

  @Mixin InputOptions reading;

  @Option(
      names = "--text",
      paramLabel = "COL",
      description =
          "The column or template of the text. Default: as in training; without a pack: text.")
  String text;

  @Option(
      names = "--context",
      paramLabel = "FILE",
      description =
          "A document (UTF-8) that is before each text, read once for all of them. For the model as"
              + " it is, without packs.")
  Path context;

  @Option(
      names = "--task-column",
      paramLabel = "COL",
      defaultValue = "task",
      description = "With several packs: the column that names a row's pack. Default: task.")
  String taskColumn;

  @Option(
      names = "--keep",
      paramLabel = "COL",
      description =
          "Copy this column of a row into its line, beside what is written. Repeat it for several.")
  List<String> kept = List.of();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "Write here instead of to standard output; the file is there when it is complete.")
  Path output;

  @Mixin WritingChoices writing;

  @Option(
      names = "--json",
      description = "Print JSON on a terminal, too, instead of the text as it is written.")
  boolean asJson;

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

  public GenerateCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    requireOneInput();
    String document = document();
    writing.over(GenerationSettings.greedy()); // what is wrong with it is said before a model loads
    Map<String, Path> folders = PackFolders.named(packs);
    Path folder = ModelLookup.folder(console, model);
    List<Path> read = InputAnswers.files(input, folder, folders.values());
    try (OutputFile file = output == null ? null : AnswerLines.file(output, read, console);
        Predictor predictor = Predictor.open(folder, Precision.parse(precision))) {
      folders.forEach((name, pack) -> add(predictor, name, pack));
      if (folders.isEmpty()) {
        predictor.addUntrained(PLAIN, GenerationTask.plain());
      }
      predictor.remarks().forEach(console::warnOnce);
      try {
        int code = generate(predictor, file, document);
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

  private static void add(Predictor predictor, String name, Path pack) {
    predictor.add(name, pack);
    if (predictor.prepared(name).written().isEmpty()) {
      throw InvalidInputException.of(
          "pack: %s is of kind %s, which writes no texts; ask it with: ptune predict",
          pack, predictor.task(name).kind());
    }
  }

  private int generate(Predictor predictor, OutputFile file, String document) {
    WritingOptions options = new WritingOptions(writing::over, TextListener.NONE);
    if (given != null && file == null && isShownAsWritten(predictor)) {
      return show(predictor, document + given);
    }
    InputAnswers answers = new InputAnswers(predictor, options, console);
    AnswerLines lines = file == null ? AnswerLines.to(console) : AnswerLines.to(file);
    return given != null
        ? answers.toTexts(List.of(document + given), lines)
        : answers.toInput(
            reading.once(input, console.in()),
            new InputAnswers.Reading(
                document.isEmpty() ? text : behind(document),
                null,
                new PredictionInput.Addressing(taskColumn, false),
                kept,
                InputAnswers.isStream(input)),
            skipBadRows,
            lines);
  }

  /** Whether there is one text to show, and someone to look at it. */
  private boolean isShownAsWritten(Predictor predictor) {
    GenerationSettings settings = writing.over(GenerationSettings.greedy());
    return !asJson
        && console.showsResults()
        && predictor.tasks().size() == 1
        && settings.sequences() == 1;
  }

  /** Prints a text as it is written. */
  private int show(Predictor predictor, String continued) {
    StringBuilder shown = new StringBuilder();
    WritingOptions options =
        new WritingOptions(
            writing::over,
            (request, sequence, piece) -> {
              shown.append(piece);
              console.write(piece);
              console.flush();
            });
    Request request = Request.of(predictor.tasks().get(0), continued).written(options);
    String whole = predictor.answer(request).text();
    console.print(whole.substring(shown.length())); // all of it where beams were followed
    console.flush();
    return OK;
  }

  /** What is before each text; empty for nothing. */
  private String document() {
    if (context == null) {
      return "";
    }
    if (!packs.isEmpty()) {
      throw new InvalidInputException(
          "context: the model as it is reads a document before each text; leave out --pack, which"
              + " reads what it was trained on");
    }
    try {
      String words = Files.readString(context);
      if (!NormalText.isVisible(words)) {
        throw InvalidInputException.of("context: '%s' has no words", context);
      }
      return words;
    } catch (IOException e) {
      throw InvalidInputException.of(
          "context: '%s' cannot be read as UTF-8 text: %s", context, FailureReason.of(e));
    }
  }

  /** The template of the texts with a document before it. */
  private String behind(String document) {
    String own = text == null ? PLAIN : text;
    return document.replace("{", "{{").replace("}", "}}")
        + (own.contains("{") ? own : "{" + own + "}");
  }

  private void requireOneInput() {
    if ((given == null) == (input == null)) {
      throw new InvalidInputException(
          given == null
              ? "input: give a text, or --input FILE (- for standard input)"
              : "input: give a text or --input FILE, not both");
    }
    if (given != null && !NormalText.isVisible(given)) {
      throw new InvalidInputException("input: the text is blank, or holds nothing visible");
    }
    kept.stream()
        .filter(column -> column.equals("line") || GeneratedAnswer.SCHEMA.names().contains(column))
        .findFirst()
        .ifPresent(
            column -> {
              throw InvalidInputException.of(
                  "keep: '%s' is what a line says of what is written; rename the column", column);
            });
    if (packs.size() > 1 && text != null) {
      throw new InvalidInputException(
          "text: --text says what one pack reads; with several packs leave it out");
    }
  }
}
