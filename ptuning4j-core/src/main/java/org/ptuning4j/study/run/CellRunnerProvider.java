package org.ptuning4j.study.run;

import java.util.List;
import java.util.function.Function;

/**
 * Trains cells elsewhere, such as on a cluster. A jar that brings one names it in {@code
 * META-INF/services}.
 */
public interface CellRunnerProvider {

  /** What is asked for it by, such as {@code spark}. */
  String name();

  /**
   * What trains cells there.
   *
   * @param address where, such as a cluster's master
   * @param command the program and its arguments that make the same run and give it to {@link
   *     CellProcess}
   * @throws org.ptuning4j.InvalidInputException if there is nothing at that address
   */
  CellRunner runner(String address, Function<StudyRun, List<String>> command);
}
