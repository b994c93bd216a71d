package org.ptuning4j.server.serving;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.ptuning4j.predict.WritingOptions;

/**
 * One input for one task.
 *
 * @param task the task's name on this server
 * @param values by the names of the task's inputs, or by the columns of its data
 * @param writing how its answer is written, where the model writes it
 */
public record Question(String task, Map<String, Object> values, WritingOptions writing) {

  /** Copies the values in their order. */
  public Question {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(writing, "writing");
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** A question whose answer is written as its task says, if the model writes it. */
  public Question(String task, Map<String, Object> values) {
    this(task, values, WritingOptions.OF_THE_TASK);
  }
}
