package org.ptuning4j.train.objective;

import org.bytedeco.pytorch.Tensor;

/** Room for states that are computed once. */
interface StatePlace {

  /** Whether they are there already, from an earlier run. */
  boolean isFilled();

  /**
   * Keeps the states of one text.
   *
   * @param first the place of its first token
   * @param states {@code [n, H]}
   */
  void put(long first, Tensor states);

  /** All of them, {@code [tokens, H]}, on the CPU or the model's device; the caller releases it. */
  Tensor filled();

  /** Where they are, for people, such as {@code in memory}. */
  String where();

  /** Gives the room back where it could not be filled. */
  void abandon();
}
