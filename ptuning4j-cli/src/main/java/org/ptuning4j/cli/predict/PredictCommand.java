package org.ptuning4j.cli.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Failures;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.OutputFile;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.SharedLayers;
import org.ptuning4j.predict.WritingOptions;
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
      "  Every task about every row:",
      "    ptune predict --model bert-mini --pack mood=runs/sst2 --pack topic=runs/topics"
          + " --all-tasks --input new.jsonl",
      "",
      "A row that cannot be used has a line with its `error`, the others are predicted all the"
          + " same;",
      "the exit code is then 2, unless --skip-bad-rows is given."
    })
public final class PredictCommand extends Command {

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model that the packs were trained on: " + ModelLookup.FORMS + ".")
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
      names = "--all-tasks",
      description =
          "Ask every pack about every row; a row has a line for each. What the packs have in common"
              + " below their prompts is computed once.")
  boolean allTasks;

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

  public PredictCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    requireOneInput();
    Map<String, Path> folders = PackFolders.named(packs);
    Path folder = ModelLookup.folder(console, model);
    Precision wanted = Precision.parse(precision);
    Path written = submission == null ? output : submission;
    List<Path> read = InputAnswers.files(input, folder, folders.values());
    try (OutputFile file = written == null ? null : outputFile(written, read);
        Predictor predictor = Predictor.open(folder, wanted)) {
      folders.forEach(predictor::add);
      predictor.remarks().forEach(console::warnOnce);
      if (allTasks) {
        saySharing(predictor);
      }
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

  /** Says how far one text is computed for all tasks, and what keeps some from it. */
  private void saySharing(Predictor predictor) {
    SharedLayers sharing = predictor.sharedLayers(List.of(Request.ALL_TASKS));
    console.say(
        sharing.shared() == 0
            ? "Each task computes all layers of a text."
            : "%d of %d layers of a text are computed once for all tasks that share them."
                .formatted(sharing.shared(), sharing.layers()));
    sharing.remarks().forEach(remark -> console.say("  " + remark.text(Failures::option)));
  }

  private OutputFile outputFile(Path file, List<Path> read) {
    return submission == null
        ? AnswerLines.file(file, read, console)
        : OutputFile.of("submission", file, read, console);
  }

  /** All rows of the input, in one file as the benchmark's server wants it. */
  private int submit(Predictor predictor, OutputFile file) {
    InputFile source = reading.once(input, console.in());
    int answers = new SubmissionFile(predictor, source, skipBadRows, console).write(file);
    console.say(Figures.count(answers, "row") + " answered in " + submission);
    return OK;
  }

  private int predict(Predictor predictor, OutputFile file) {
    InputAnswers answers = new InputAnswers(predictor, WritingOptions.OF_THE_TASK, console);
    AnswerLines lines = file == null ? AnswerLines.to(console) : AnswerLines.to(file);
    return input == null
        ? answers.toTexts(texts, lines)
        : answers.toInput(
            reading.once(input, console.in()),
            new InputAnswers.Reading(
                text,
                pair,
                new PredictionInput.Addressing(taskColumn, allTasks),
                List.of(),
                InputAnswers.isStream(input)),
            skipBadRows,
            lines);
  }

  private void requireOneInput() {
    if (texts.size() > 2) {
      throw InvalidInputException.of(
          "input: %d texts are given, and a task takes one or two; put each into quotation marks",
          texts.size());
    }
    if (!texts.stream().allMatch(NormalText::isVisible)) {
      throw new InvalidInputException("input: a text is blank, or holds nothing visible");
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
    if (allTasks && packs.size() < 2) {
      throw new InvalidInputException("all-tasks: there is one --pack; give several");
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
}
