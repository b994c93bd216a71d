package org.ptuning4j.predict;

import java.util.Objects;
import org.ptuning4j.data.Example;

/**
 * An example for a task of a predictor.
 *
 * @param task the task's name in the predictor
 * @param example of that task's own kind
 */
public record Request(String task, Example example) {

  /** Checks that both are there. */
  public Request {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(example, "example");
  }
}
