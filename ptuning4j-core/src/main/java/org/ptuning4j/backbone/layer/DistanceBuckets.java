package org.ptuning4j.backbone.layer;

/** Which row of a table stands for which distance; several distances may share one. */
public interface DistanceBuckets {

  /**
   * The rows of distances that follow each other.
   *
   * @param least the smallest distance, from a query at i to a key at j: i − j
   * @param count how many there are
   */
  long[] rows(int least, int count);
}
