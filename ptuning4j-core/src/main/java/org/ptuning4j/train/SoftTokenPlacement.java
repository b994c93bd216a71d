package org.ptuning4j.train;

import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.PreparedTask;

/** Where a method's soft tokens go: to a template's places for them, or before the text. */
final class SoftTokenPlacement {

  private SoftTokenPlacement() {}

  /**
   * The soft tokens that go before each row.
   *
   * @throws InvalidInputException if the template has another number of them than the method
   */
  static int prefix(PreparedTask<?> task, int softTokens) {
    int places = task.task().softTokens();
    if (places == 0) {
      return softTokens;
    }
    if (places != softTokens) {
      throw InvalidInputException.of(
          "prompt-length: %d, but the template of task '%s' has places for %d soft tokens; leave it"
              + " out, or give a template with {soft:%d}",
          softTokens, task.task().name(), places, softTokens);
    }
    return 0;
  }
}
