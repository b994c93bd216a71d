package org.ptuning4j.spark.training;

import java.io.Serializable;

/** How a run ended, as a worker tells the driver. */
sealed interface WorkerOutcome extends Serializable {

  /** It trained to its end; told by the first worker. */
  record Trained(TrainedPack pack) implements WorkerOutcome {}

  /**
   * Something given is not usable; trying again would not help.
   *
   * @param cause the message for the person who gave it
   */
  record Refused(String cause) implements WorkerOutcome {}
}
