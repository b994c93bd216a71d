package org.ptuning4j.predict.batching;

import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;

/**
 * Is told what a batcher does, such as to count it. It is called by the batcher's own threads and
 * by callers', by several at once; it should be quick. What it throws is ignored.
 */
public interface BatcherListener {

  /** Listens to nothing. */
  BatcherListener NONE = new BatcherListener() {};

  /**
   * A request was accepted.
   *
   * @param waiting how many are accepted and not yet answered, this one included
   */
  default void accepted(int waiting) {}

  /** A request was not accepted: {@link Problem#OVERLOADED} or {@link Problem#CLOSED}. */
  default void refused(Request request, Problem problem) {}

  /**
   * The model computed a batch of rows of one shape.
   *
   * @param rows of the batch
   * @param tokens of all its rows
   * @param places that were computed, padding included
   */
  default void computed(int rows, long tokens, long places) {}

  /**
   * The model was busy with requests that were taken together.
   *
   * @param requests how many they were
   * @param nanos how long it took
   */
  default void batch(int requests, long nanos) {}

  /**
   * A request that was accepted has come to its end.
   *
   * @param outcome what its caller gets; {@link Problem#CANCELLED} if nobody waits for it
   */
  default void answered(Request request, Outcome outcome, Stages stages) {}
}
