package org.ptuning4j.cli.study;

import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.train.run.TrainingListener;

/**
 * Says what looks wrong in a training, and not how far it is.
 *
 * @param console where it is said
 */
record WarningsOnly(Console console) implements TrainingListener {

  @Override
  public void warned(String message) {
    console.warnOnce(message);
  }
}
