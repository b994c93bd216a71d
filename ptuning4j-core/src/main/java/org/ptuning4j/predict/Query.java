package org.ptuning4j.predict;

import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * One input for one task.
 *
 * @param task the task's name in the predictor
 * @param text the text, or the first of two
 * @param pair the second text; null for a task on single texts
 */
public record Query(String task, String text, String pair) {

  /** Checks that there is a task and a text. */
  public Query {
    if (task == null || task.isBlank()) {
      throw new InvalidInputException("task: a query needs the name of a task");
    }
    if (text == null) {
      throw new InvalidInputException("text: a query needs a text");
    }
  }

  /** The texts that there are. */
  List<String> texts() {
    return pair == null ? List.of(text) : List.of(text, pair);
  }

  /** A query on a single text. */
  public static Query of(String task, String text) {
    return new Query(task, text, null);
  }
}
