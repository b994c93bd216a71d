package org.ptuning4j.spark.cells;

import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.ptuning4j.study.run.CellReport;
import org.ptuning4j.study.run.CellTask;

/** Trains a cell in a process of its own beside its executor; ends it with its task. */
final class CellOnExecutor implements Function<CellTask, CellReport> {

  private static final long serialVersionUID = 1L;

  @Override
  public CellReport call(CellTask cell) {
    TaskContext task = TaskContext.get();
    return cell.run(task::isInterrupted);
  }
}
