package org.ptuning4j.cli.predict;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;

/** How a task reads rows to predict on. */
public interface RowForm {

  /** The example of a row. */
  Example read(Row row) throws UnusableRowException;

  /** Makes sure that a file with a header has the columns. */
  void requireColumns(Table empty);

  /** Whether these are names of its columns, so that a line of them is a header and no text. */
  boolean isHeader(List<String> names);

  /** The task. */
  Task<?> task();

  /** The example of a line of plain text. */
  default Example ofText(int line, String text) throws UnusableRowException {
    return task().ofTexts(line, text, null);
  }

  /** Whether so many texts are enough; found out by trying, because a task says what it lacks. */
  static boolean takes(Task<?> task, int texts) {
    try {
      task.ofTexts(1, "a text", texts == 2 ? "another" : null);
      return true;
    } catch (UnusableRowException e) {
      return false;
    }
  }

  /**
   * A task's form.
   *
   * @param text the column or template of the text instead of the task's own; null for that
   * @param pair the same of the second text
   */
  static RowForm of(String name, Task<?> task, String text, String pair) {
    if (task instanceof SequenceClassificationTask classification) {
      return new TextForm(classification, name, text, pair);
    }
    if (text != null || pair != null) {
      throw InvalidInputException.of(
          "text: task '%s' is of the kind %s and knows its columns itself; leave out --text and"
              + " --pair",
          name, task.kind());
    }
    return new OwnForm(task);
  }

  /** A text, or two, from templates. */
  final class TextForm implements RowForm {

    private final SequenceClassificationTask task;

    TextForm(SequenceClassificationTask task, String name, String text, String pair) {
      if (pair != null && !task.hasPair()) {
        throw InvalidInputException.of("pair: task '%s' takes one text; leave out --pair", name);
      }
      this.task =
          task.withTexts(
              text == null ? task.text() : Template.of(text),
              pair == null ? task.pair() : Template.of(pair));
    }

    @Override
    public Example read(Row row) throws UnusableRowException {
      return task.readUnlabelled(row);
    }

    @Override
    public void requireColumns(Table empty) {
      task.text().requireColumns(empty);
      if (task.hasPair()) {
        task.pair().requireColumns(empty);
      }
    }

    @Override
    public boolean isHeader(List<String> names) {
      return task.text().columns().stream().anyMatch(names::contains)
          && (!task.hasPair() || task.pair().columns().stream().anyMatch(names::contains));
    }

    @Override
    public Task<?> task() {
      return task;
    }
  }

  /** Whatever the task itself makes of a row. */
  record OwnForm(Task<?> task) implements RowForm {

    @Override
    public Example read(Row row) throws UnusableRowException {
      return task.readRow(row);
    }

    @Override
    public void requireColumns(Table empty) {
      // Each row says what it lacks.
    }

    @Override
    public boolean isHeader(List<String> names) {
      return names.contains(PlainLines.COLUMN);
    }
  }
}
