package org.ptuning4j.task.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.task.TableExamples;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.template.TextColumns;

/**
 * A task on a text or a pair of texts in the columns of a table, with the right answer in another
 * column. How such tasks read files, rows and plain texts is here; what the answer is, each says.
 *
 * @param <E> what one example is
 */
public interface TextTask<E extends Example> extends Task<E> {

  /** The columns that make the texts. */
  TextColumns columns();

  /** The column that holds the right answer. */
  String labelColumn();

  /** An example of texts whose right answer is not known. */
  E example(Source source, String text, String pairOrNull, Map<String, Object> columns);

  /** Reads the right answers of one table. */
  AnswerReader<E> answerReader();

  /** Reads the right answer of a row. */
  @FunctionalInterface
  interface AnswerReader<E> {

    /**
     * What adds the row's answer to its example.
     *
     * @throws UnusableRowException where there is none, or none that the task has
     */
    UnaryOperator<E> of(Row row) throws UnusableRowException;
  }

  /** The fields of a definition that all such tasks have, with those that one has beside them. */
  static List<String> definitionFields(String... own) {
    List<String> fields =
        new ArrayList<>(List.of("kind", "name", "description", "text", "pair", "label_column"));
    fields.addAll(List.of(own));
    fields.addAll(List.of("metrics", "truncation", "max_length", "stride"));
    return fields;
  }

  @Override
  default TaskInputs inputs() {
    return TaskInputs.of(columns());
  }

  @Override
  default List<String> answersInTexts() {
    return columns().read(labelColumn()) ? List.of(labelColumn()) : List.of();
  }

  @Override
  default E ofTexts(int line, List<String> texts) throws UnusableRowException {
    inputs().requireTexts(texts.size());
    inputs().requireVisible(texts);
    return example(
        Source.ofLine(line),
        columns().text().fill(texts.get(0)),
        columns().hasPair() ? columns().pair().fill(texts.get(1)) : null,
        Map.of());
  }

  @Override
  default Examples<E> read(InputFile file) {
    return readLabelled(new TableReader().read(file));
  }

  /**
   * Reads labelled examples, for training and evaluation. Rows that cannot be used become bad rows:
   * a text is missing, blank or not text; the answer is missing, or none that the task has.
   *
   * @throws org.ptuning4j.InvalidInputException where the table lacks a column altogether
   */
  default Examples<E> readLabelled(Table table) {
    columns().requireIn(table, labelColumn());
    return TableExamples.of(table, labelledRows());
  }

  /** Reads the labelled rows of one table. */
  default TableExamples.Reading<E> labelledRows() {
    AnswerReader<E> answers = answerReader();
    return row -> answers.of(row).apply(readRow(row));
  }

  @Override
  default Examples<E> readUnlabelled(InputFile file) {
    return readUnlabelled(new TableReader().read(file));
  }

  /**
   * Reads examples to predict on; the column of the answer may be there or not and is not looked
   * at.
   *
   * @throws org.ptuning4j.InvalidInputException where the table lacks a text column altogether
   */
  default Examples<E> readUnlabelled(Table table) {
    columns().requireIn(table, null);
    return TableExamples.of(table, this::readRow);
  }

  @Override
  default E readRow(Row row) throws UnusableRowException {
    return of(row, columns());
  }

  @Override
  default E readRow(Row row, Map<String, Template> sources) throws UnusableRowException {
    return of(row, columns().from(sources));
  }

  private E of(Row row, TextColumns from) throws UnusableRowException {
    return example(row.source(), from.text(row), from.pairOrNull(row), row.columns());
  }
}
