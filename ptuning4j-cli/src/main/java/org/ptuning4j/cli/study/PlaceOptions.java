package org.ptuning4j.cli.study;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.StudyRun;
import picocli.CommandLine.Option;

/** Where the runs of a command that trains several are trained. */
public final class PlaceOptions {

  static final String SPARK = "--spark";

  @Option(
      names = SPARK,
      paramLabel = "MASTER",
      description =
          "Train the runs as tasks of a Spark cluster, such as spark://HOST:7077 or local[4];"
              + " ptune, models, data and --out are at the same places on all its machines.")
  String spark;

  @Option(
      names = CellPlace.CELL,
      hidden = true,
      paramLabel = "NAME",
      description = "Train this run for the process that started this one.")
  String cell;

  /** The run that this process trains for another. */
  public Optional<String> cell() {
    return Optional.ofNullable(cell);
  }

  /** Whether runs are trained on a cluster. */
  public boolean onSpark() {
    return spark != null;
  }

  /**
   * What trains the runs.
   *
   * @param otherwise where, if on no cluster
   * @param cell what the command calls a run
   * @param typed the arguments
   */
  public CellRunner runner(
      CellPlace otherwise, Function<StudyRun, String> cell, List<String> typed) {
    return onSpark() ? CellPlace.onSpark(spark, cell, typed) : otherwise.runner(cell, typed);
  }
}
