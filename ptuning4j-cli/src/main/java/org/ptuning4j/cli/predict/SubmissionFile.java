package org.ptuning4j.cli.predict;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.OutputFile;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.Task;

/**
 * A whole file in a benchmark's layout, answered in the layout that the benchmark's server wants.
 */
final class SubmissionFile {

  private final Predictor predictor;
  private final InputFile source;
  private final boolean skipBadRows;
  private final Console console;

  SubmissionFile(Predictor predictor, InputFile source, boolean skipBadRows, Console console) {
    this.predictor = predictor;
    this.source = source;
    this.skipBadRows = skipBadRows;
    this.console = console;
  }

  /**
   * Answers all rows and writes the answers.
   *
   * @return how many there are
   * @throws InvalidInputException if a row cannot be used, and such rows are not to be left out
   */
  int write(OutputFile file) {
    String name = predictor.tasks().get(0);
    return write(name, predictor.task(name), file);
  }

  private <E extends Example> int write(String name, Task<E> task, OutputFile file) {
    Examples<E> examples = task.readUnlabelled(source);
    requireAll(examples.badRows()); // before the model works for nothing
    task.requireSubmittable(examples.examples());
    Evaluator.Answered<E> answered = Evaluator.answer(predictor, name, examples.examples());
    requireAll(answered.failed());
    String text = task.submission(answered.examples(), answered.answers());
    file.open();
    file.text(text);
    return answered.answers().size();
  }

  /** Says which rows are bad, and refuses them if they are not to be left out. */
  private void requireAll(List<BadRow> bad) {
    bad.forEach(row -> console.say(source.name() + ": " + row));
    if (!bad.isEmpty() && !skipBadRows) {
      throw InvalidInputException.of(
          "submission: %s of %s could not be used, and a server wants them all; nothing is written"
              + " (--skip-bad-rows leaves them out)",
          Figures.count(bad.size(), "row"), source.name());
    }
  }
}
