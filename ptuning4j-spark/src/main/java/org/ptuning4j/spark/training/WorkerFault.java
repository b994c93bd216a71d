package org.ptuning4j.spark.training;

import java.io.Serializable;
import org.apache.spark.TaskContext;

/** What goes wrong on purpose, to see that a run survives it. */
@FunctionalInterface
interface WorkerFault extends Serializable {

  /** Nothing goes wrong. */
  WorkerFault NONE = (step, task) -> {};

  /** Called after each step at each worker; may end or halt it. */
  void after(int step, TaskContext task);
}
