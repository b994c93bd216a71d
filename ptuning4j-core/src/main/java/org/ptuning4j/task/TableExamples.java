package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.Table;

/** Makes examples of a table's rows; those that a task cannot use become bad rows. */
public final class TableExamples {

  private TableExamples() {}

  /** How one row is read. */
  public interface Reading<E extends Example> {
    E read(Row row) throws UnusableRowException;
  }

  public static <E extends Example> Examples<E> of(Table table, Reading<E> reading) {
    List<E> examples = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>(table.badRows());
    for (Row row : table.rows()) {
      try {
        examples.add(reading.read(row));
      } catch (UnusableRowException e) {
        badRows.add(row.source().bad(e));
      }
    }
    badRows.sort(Comparator.comparingInt(BadRow::line).thenComparingInt(BadRow::record));
    return Examples.of(table, examples, badRows);
  }
}
