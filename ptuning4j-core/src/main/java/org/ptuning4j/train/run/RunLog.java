package org.ptuning4j.train.run;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a training loop keeps what it must not lose: the state that it goes on from, the best
 * values so far, and a line per evaluation.
 */
public interface RunLog {

  /** Where the state for going on is written, and read from if it is there. */
  Path checkpointFile();

  /** Where the values of an evaluation are written that is the best so far. */
  Path bestFile(int step);

  /** Forgets the best values of other steps than this. */
  void keepOnlyBest(int step);

  /** Keeps the first lines of the metrics: those that the checkpoint knows of. */
  void keepMetrics(int lines);

  /** Adds a line to the metrics. */
  void appendMetrics(Map<String, Object> line);

  /** Writes a record of the run's own. */
  void write(String name, Object record);
}
