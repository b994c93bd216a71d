package org.ptuning4j.task.tagging;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.task.Task;

/**
 * A task that gives each word of a sentence a tag.
 *
 * @param <E> its examples
 */
public interface TagTask<E extends Example> extends Task<E> {

  /** How tags are chosen. */
  Decoding decoding();

  /** The same task choosing tags in another way. */
  TagTask<E> withDecoding(Decoding decoding);

  /** The tags, in the order of the head's outputs; empty where training data will tell them. */
  List<String> labels();

  /** The same task on other tags. */
  TagTask<E> withLabels(List<String> labels);

  /**
   * Of the same kind and on the same tags, such as the same task with another way to choose them.
   */
  @Override
  default <F extends Example> Task<F> putAlike(Task<F> other) {
    if (!(other instanceof TagTask<F> tags) || !other.kind().equals(kind())) {
      throw InvalidInputException.of(
          "task '%s' (%s) is of another kind than '%s' (%s), so a model trained on that cannot"
              + " answer it",
          other.name(), other.kind(), name(), kind());
    }
    if (tags.labels().isEmpty()) {
      return tags.withLabels(labels());
    }
    if (!tags.labels().equals(labels())) {
      throw InvalidInputException.of(
          "task '%s' has the labels %s, so a model trained on '%s' cannot answer it: its labels are"
              + " %s",
          other.name(), tags.labels(), name(), labels());
    }
    return tags;
  }
}
