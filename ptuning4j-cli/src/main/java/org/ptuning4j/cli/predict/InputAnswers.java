package org.ptuning4j.cli.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.InputOptions;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.predict.Input;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.WritingOptions;

/**
 * The answers to an input, a line of JSON each.
 *
 * @param predictor answers
 * @param writing how answers are written that the model writes
 * @param console is told of rows that cannot be used
 */
record InputAnswers(Predictor predictor, WritingOptions writing, Console console) {

  /**
   * How an input is read.
   *
   * @param text the column or template of the first text; null as in training
   * @param pair the same of the second text
   * @param addressing which pack a row is for, where there are several
   * @param kept the columns that a row's line has, too
   * @param isStream whether rows may come slowly, so that an answer must not wait for a full batch
   */
  record Reading(
      String text,
      String pair,
      PredictionInput.Addressing addressing,
      List<String> kept,
      boolean isStream) {}

  /** Whether an input's rows may come slowly. */
  static boolean isStream(String input) {
    return input.equals(InputOptions.STANDARD_INPUT) || !Files.isRegularFile(Path.of(input));
  }

  /** The files that are read, none of which may be written to. */
  static List<Path> files(String inputOrNull, Path model, Collection<Path> packs) {
    List<Path> files = new ArrayList<>();
    if (inputOrNull != null) {
      files.add(Path.of(inputOrNull.equals("-") ? "/dev/stdin" : inputOrNull));
    }
    List<Path> folders = new ArrayList<>(packs);
    folders.add(model);
    for (Path each : folders) {
      try (Stream<Path> found = Files.list(each)) {
        found.forEach(files::add);
      } catch (IOException e) {
        throw new InvalidInputException(each + " cannot be read (" + FailureReason.of(e) + ")", e);
      }
    }
    return files;
  }

  /**
   * Asks every pack of the texts of the command line.
   *
   * @param texts one or two
   * @return the exit code
   */
  int toTexts(List<String> texts, AnswerLines lines) {
    Input input = Input.of(texts.toArray(String[]::new));
    List<PredictionInput.Item> rows =
        predictor.requests(List.of(Request.ALL_TASKS), input).stream()
            .map(request -> PredictionInput.Item.of(PredictionRow.ofText(request)))
            .toList();
    AnswerWriter answers = AnswerWriter.opened(predictor, writing, "the text", console, lines);
    answers.write(rows);
    return code(answers, false);
  }

  /**
   * Answers all rows of an input.
   *
   * @param skipBadRows whether rows that cannot be used do not count
   * @return the exit code
   */
  int toInput(InputFile source, Reading reading, boolean skipBadRows, AnswerLines lines) {
    AnswerWriter answers = answered(source, reading, lines);
    if (answers.failed() > 0) {
      console.say(
          Figures.count(answers.failed(), "row") + " could not be used; all others are predicted.");
    }
    return code(answers, skipBadRows);
  }

  private AnswerWriter answered(InputFile source, Reading reading, AnswerLines lines) {
    OwnFormatInput own = new OwnFormatInput(predictor, source, console);
    if (own.isRecognised()) {
      return own.answer(writing, lines);
    }
    Map<String, RowForm> forms = new LinkedHashMap<>();
    for (String name : predictor.tasks()) {
      forms.put(name, RowForm.of(predictor, name, reading.text(), reading.pair()));
    }
    try (PredictionInput rows =
        PredictionInput.open(source, forms, reading.addressing(), reading.kept())) {
      AnswerWriter answers = AnswerWriter.opened(predictor, writing, source.name(), console, lines);
      answers.writeAll(rows, reading.isStream());
      return answers;
    }
  }

  private static int code(AnswerWriter answers, boolean skipBadRows) {
    return answers.failedUnexpectedly()
        ? Command.UNEXPECTED
        : answers.failed() > 0 && !skipBadRows ? Command.BAD_INPUT : Command.OK;
  }
}
