package org.ptuning4j.task.tagging;

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
}
