package org.ptuning4j.predict;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.task.Task;

/** What a task is asked about: plain texts, named values, or an example of its own kind. */
public sealed interface Input {

  /**
   * The example that it is to a task.
   *
   * @throws UnusableRowException if the task takes other than that; it says what
   */
  Example example(Task<?> task) throws UnusableRowException;

  /** Plain texts, in the order of the task's {@link Task#inputs}. */
  static Input of(String... texts) {
    return new Texts(List.of(texts));
  }

  /** Values by the names of the task's {@link Task#inputs}, or by the columns of its data. */
  static Input of(Map<String, ?> values) {
    return new Values(new LinkedHashMap<>(values));
  }

  /** An example of the task's own kind. */
  static Input of(Example example) {
    return new Ready(example);
  }

  /**
   * Plain texts.
   *
   * @param texts one at least
   */
  record Texts(List<String> texts) implements Input {

    /** Copies the list. */
    public Texts {
      texts = List.copyOf(texts);
    }

    @Override
    public Example example(Task<?> task) throws UnusableRowException {
      return task.ofTexts(1, texts);
    }
  }

  /**
   * Named values, such as those of a JSON object.
   *
   * @param values texts, numbers, booleans, lists and maps of them
   */
  record Values(Map<String, Object> values) implements Input {

    /** Copies the map in its order. */
    public Values {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    @Override
    public Example example(Task<?> task) throws UnusableRowException {
      return task.ofValues(1, values);
    }
  }

  /**
   * An example that is there already.
   *
   * @param ready of the task's own kind
   */
  record Ready(Example ready) implements Input {

    /** Checks that it is there. */
    public Ready {
      Objects.requireNonNull(ready, "ready");
    }

    @Override
    public Example example(Task<?> task) {
      return ready;
    }
  }
}
