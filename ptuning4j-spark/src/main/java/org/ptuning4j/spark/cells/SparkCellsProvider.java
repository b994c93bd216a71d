package org.ptuning4j.spark.cells;

import java.util.List;
import java.util.function.Function;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.CellRunnerProvider;
import org.ptuning4j.study.run.StudyRun;

/** Makes {@link SparkCells} for {@code --spark MASTER}. */
public final class SparkCellsProvider implements CellRunnerProvider {

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public CellRunner runner(String address, Function<StudyRun, List<String>> command) {
    return SparkCells.connect(address, command);
  }
}
