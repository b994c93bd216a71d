package org.ptuning4j.predict;

import java.util.Map;
import java.util.Objects;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;

/**
 * A question to one task.
 *
 * <pre>{@code
 * Request.of("reviews", "A delight from start to finish.");
 * Request.of("rte", "A man sleeps.", "Somebody sleeps.");
 * Request.of("squad", Map.of("question", "Who?", "context", "Ada did."));
 * }</pre>
 *
 * @param task the task's name in the predictor
 * @param input what it is asked about
 * @param writing how its answer is written, where the model writes it
 */
public record Request(String task, Input input, WritingOptions writing) {

  /** In the place of a task's name: all tasks. */
  public static final String ALL_TASKS = "*";

  /** Checks that there is a task and something to ask about. */
  public Request {
    if (task == null || task.isBlank()) {
      throw new InvalidInputException("task: a request needs the name of a task");
    }
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(writing, "writing");
  }

  /** A request whose answer is written as its task says, if the model writes it. */
  public Request(String task, Input input) {
    this(task, input, WritingOptions.OF_THE_TASK);
  }

  /** A request on plain texts, in the order of the task's inputs. */
  public static Request of(String task, String... texts) {
    return new Request(task, Input.of(texts));
  }

  /** A request on values by the names of the task's inputs, or by the columns of its data. */
  public static Request of(String task, Map<String, ?> values) {
    return new Request(task, Input.of(values));
  }

  /** A request on an example of the task's own kind. */
  public static Request of(String task, Example example) {
    return new Request(task, Input.of(example));
  }

  /** The same request with its answer written in another way. */
  public Request written(WritingOptions options) {
    return new Request(task, input, options);
  }
}
