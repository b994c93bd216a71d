package org.ptuning4j.task;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.data.Example;

/**
 * A prepared task whose answer is one of several labels or candidates; a cloze is put around it.
 *
 * @param <E> what one example is
 */
public interface PreparedLabelledTask<E extends Example> extends PreparedTask<E> {

  @Override
  LabelledTask<E> task();

  /**
   * The labels in the order of the head's outputs; empty where each example has its own candidates.
   */
  default List<String> labels() {
    return task().labels();
  }

  /** The texts that a template may use, by name; {@code text_a} and {@code text_b} among them. */
  Map<String, String> fields(E example);

  /** The candidates of an example; empty where the answers are {@link #labels}. */
  default List<String> candidates(E example) {
    return List.of();
  }

  /** The index of the right label or candidate, if it is known. */
  OptionalInt labelIndex(E example);

  /** The answer that probabilities give, in the order of the labels or candidates. */
  Answer answer(E example, double[] probabilities);

  @Override
  default PreparedLabelledTask<E> tune(List<E> examples, List<Answer> answers) {
    return this;
  }

  @Override
  default PreparedLabelledTask<E> untuned() {
    return this;
  }
}
