package org.ptuning4j.cli.predict;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.Template;

/**
 * How rows to predict on become a task's examples.
 *
 * @param task the task
 * @param sources what makes a text that is elsewhere than in training, by its name among the task's
 *     inputs
 */
public record RowForm(Task<?> task, Map<String, Template> sources) {

  /**
   * A task's form.
   *
   * @param predictor has the task and the model's special tokens, which no template may spell
   * @param name the task's
   * @param text the column or template of the first text instead of the task's own; null for that
   * @param pair the same of the second text
   * @throws InvalidInputException if the task has no such text, or a template spells a special
   *     token
   */
  static RowForm of(Predictor predictor, String name, String text, String pair) {
    Task<?> task = predictor.task(name);
    List<String> texts = task.inputs().texts();
    Map<String, Template> sources = new LinkedHashMap<>();
    if (text != null) {
      sources.put(texts.get(0), Template.of(text));
    }
    if (pair != null) {
      if (texts.size() < 2) {
        throw InvalidInputException.of("pair: task '%s' takes one text; leave out --pair", name);
      }
      sources.put(texts.get(1), Template.of(pair));
    }
    sources.values().forEach(predictor::requireNoSpecialTokens);
    return new RowForm(task, sources);
  }

  /** The example of a row. */
  Example read(Row row) throws UnusableRowException {
    return sources.isEmpty() ? task.readRow(row) : task.readRow(row, sources);
  }

  /** The example of a line of plain text. */
  Example ofText(int line, String text) throws UnusableRowException {
    return task.ofTexts(line, List.of(text));
  }

  /** Whether a text is all that an example needs. */
  boolean takesOneText() {
    return task.inputs().areTexts(1);
  }

  /** Makes sure that a file with a header has the columns. */
  void requireColumns(Table empty) {
    inputs().requireIn(empty);
  }

  /** Whether these are names of its columns, so that a line of them is a header and no text. */
  boolean isHeader(List<String> names) {
    return inputs().isHeader(names);
  }

  private TaskInputs inputs() {
    return task.inputs().from(sources);
  }
}
