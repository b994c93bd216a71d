package org.ptuning4j.predict;

/** Is told of each batch that a model computes. */
@FunctionalInterface
public interface BatchListener {

  /** Listens to nothing. */
  BatchListener NONE = (rows, tokens, places) -> {};

  /**
   * A batch was computed.
   *
   * @param rows of the batch, whatever their tasks
   * @param tokens of all rows
   * @param places that were computed, padding included: rows times the longest row
   */
  void computed(int rows, long tokens, long places);
}
