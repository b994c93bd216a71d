package org.ptuning4j.cli.predict;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.WritingOptions;
import org.ptuning4j.task.Task;

/** An input in a format of the only task's own, such as CoNLL columns or SQuAD's JSON. */
final class OwnFormatInput {

  private final Predictor predictor;
  private final InputFile source;
  private final Console console;

  OwnFormatInput(Predictor predictor, InputFile source, Console console) {
    this.predictor = predictor;
    this.source = source;
    this.console = console;
  }

  /**
   * Whether the input is in such a format. Where the content alone says that it holds columns of
   * words, this is said: lines of one word each could be texts.
   */
  boolean isRecognised() {
    if (predictor.tasks().size() > 1) {
      return false;
    }
    Task<?> task = predictor.task(predictor.tasks().get(0));
    Optional<FileFormat> own = source.look(task::ownFormat);
    if (own.filter(format -> format == FileFormat.CONLL).isPresent() && !isNamed(own.get())) {
      console.say(
          source.name()
              + " is read as conll: one word a line, blank lines between sentences (--format text"
              + " takes each line for a text)");
    }
    return own.isPresent();
  }

  /** Whether the format was asked for, or the input's name tells it. */
  private boolean isNamed(FileFormat format) {
    return source.settings().format() == format
        || FileFormat.fromName(source.name()).filter(format::equals).isPresent();
  }

  /** Answers all of it. */
  AnswerWriter answer(WritingOptions writing, AnswerLines lines) {
    String name = predictor.tasks().get(0);
    return answer(name, predictor.task(name), writing, lines);
  }

  private <E extends Example> AnswerWriter answer(
      String name, Task<E> task, WritingOptions writing, AnswerLines lines) {
    Examples<E> examples = task.readUnlabelled(source);
    AnswerWriter answers = AnswerWriter.opened(predictor, writing, source.name(), console, lines);
    answers.writeAll(inOrder(name, examples));
    return answers;
  }

  /** Examples and bad rows in the order of the input. */
  private static <E extends Example> List<PredictionInput.Item> inOrder(
      String name, Examples<E> examples) {
    List<PredictionInput.Item> items = new ArrayList<>();
    Deque<BadRow> bad = new ArrayDeque<>(examples.badRows());
    for (E example : examples.examples()) {
      while (!bad.isEmpty() && bad.peek().source().compareTo(example.source()) < 0) {
        items.add(PredictionInput.Item.of(bad.poll()));
      }
      Request request = Request.of(name, example);
      Source source = example.source().withIds(example.ids());
      items.add(PredictionInput.Item.of(new PredictionRow(source, request)));
    }
    bad.forEach(row -> items.add(PredictionInput.Item.of(row)));
    return items;
  }
}
