package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ReadColumns;

/**
 * What the scores of attention have besides the product of query and key, such as terms of relative
 * positions. Columns of a prefix have none.
 */
public interface ScoreTerm {

  /** Makes what all layers share, so that it lives as long as the pass. */
  void prepare(Distances distances);

  /**
   * The term of the text's scores, to be added to their scaled products.
   *
   * @param query {@code [B, A, m, d]}, the queries of the columns that are read
   * @param key {@code [B, A, n, d]}, the keys of all columns of the text
   * @param read which columns are read
   * @return {@code [B, A, m, n]}, or with 1 for B
   */
  Tensor apply(Pass pass, Tensor query, Tensor key, ReadColumns read);
}
