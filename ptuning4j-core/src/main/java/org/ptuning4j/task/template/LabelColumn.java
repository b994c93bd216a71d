package org.ptuning4j.task.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.value.LabelSet;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.NumberedLabels;

/**
 * The column that holds the right answer.
 *
 * @param name its name, in the normal form of column names
 */
public record LabelColumn(String name) {

  /** Takes the name in its normal form. */
  public LabelColumn {
    name = NormalText.of(name);
  }

  /**
   * Makes sure that a task names its label column.
   *
   * @throws org.ptuning4j.InvalidInputException where the name is blank
   */
  public static void requireNamed(String task, String labelColumn) {
    if (labelColumn.isBlank()) {
      throw InvalidInputException.of("task '%s': the label column has no name", task);
    }
  }

  /**
   * Makes sure that a file has it.
   *
   * @throws org.ptuning4j.InvalidInputException naming the columns that there are, and the
   *     likeliest
   */
  public void requireIn(Table table) {
    if (!table.columnNames().contains(name)) {
      throw LikelyColumns.missing(table, "'" + name + "' (the label)", name, false);
    }
  }

  /**
   * What the row has in it.
   *
   * @throws UnusableRowException where that is nothing
   */
  public Object value(Row row) throws UnusableRowException {
    if (!row.isFilled(name)) {
      throw UnusableRowException.withoutAnswer("label column '" + name + "' is empty");
    }
    return row.get(name);
  }

  /**
   * A text, a number or a boolean.
   *
   * @throws UnusableRowException where there is nothing, a list or an object
   */
  public Object single(Row row) throws UnusableRowException {
    Object value = value(row);
    if (value instanceof List<?> || value instanceof Map<?, ?>) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "label column '%s' holds a %s (%s) where text, a number or a boolean is needed",
              name,
              ColumnValues.kind(value),
              ColumnValues.shown(value)));
    }
    return value;
  }

  /** The row's label in its normal form, whatever the labels are. */
  public String label(Row row) throws UnusableRowException {
    return NormalLabel.of(single(row));
  }

  /**
   * The label that the row means.
   *
   * @param numbered whether copies of the data write the labels' numbers instead, and -1 for a
   *     hidden one
   * @throws UnusableRowException where it means none of them
   */
  public String label(Row row, LabelSet labels, boolean numbered) throws UnusableRowException {
    Object value = single(row);
    var found = labels.find(value);
    if (found.isEmpty() && numbered) {
      if (NumberedLabels.isHidden(value)) {
        throw UnusableRowException.withoutAnswer(
            "label column '" + name + "' is -1, which hides the answer");
      }
      found = NumberedLabels.label(value, labels.all());
    }
    if (found.isEmpty()) {
      throw new UnusableRowException(labels.problem(value));
    }
    return found.get();
  }
}
