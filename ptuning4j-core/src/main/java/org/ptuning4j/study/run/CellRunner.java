package org.ptuning4j.study.run;

import java.util.Optional;
import org.ptuning4j.train.run.TrainingListener;

/** Trains cells: in this process, in one of its own each, or on other machines. */
public interface CellRunner extends AutoCloseable {

  /**
   * Trains a run, from its last checkpoint if it was begun.
   *
   * @param listener watches the training; called from this thread
   * @return empty if it was stopped before its end
   * @throws org.ptuning4j.InvalidInputException if it cannot be trained
   */
  Optional<CellOutcome> train(StudyRun run, CellFolders folders, TrainingListener listener);

  /** Ends the training in progress after its step, and starts no other. From any thread. */
  void stop();

  /** How many cells it trains side by side; {@link #train} is called from as many threads. */
  default int atOnce() {
    return 1;
  }

  /** Frees what it holds. Nothing is trained any more. */
  @Override
  default void close() {}
}
