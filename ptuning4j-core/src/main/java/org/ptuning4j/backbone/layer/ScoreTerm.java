package org.ptuning4j.backbone.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ReadColumns;

/**
 * What the scores of attention have besides the product of query and key, such as terms of relative
 * positions. Columns of a prefix have none, but in a decoder that tells them by their distance as
 * it does a text's.
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

  /**
   * The term of the scores of a prefix's columns.
   *
   * @return {@code [B, A, m, P]}, or with 1 for B; empty where they have none
   */
  default Optional<Tensor> ofPrefix(Pass pass, ReadColumns read, LayerPrefix prefix) {
    return Optional.empty();
  }

  /**
   * Whether columns of a prefix have the term that they would have in the text, so that a text's
   * keys and values can be the prefix of what follows.
   */
  default boolean reachesIntoPrefix() {
    return false;
  }
}
