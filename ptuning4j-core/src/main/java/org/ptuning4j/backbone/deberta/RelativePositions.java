package org.ptuning4j.backbone.deberta;

import java.util.Optional;
import org.ptuning4j.backbone.layer.DistanceBuckets;

/**
 * How distances between tokens enter attention.
 *
 * @param table which row of the table stands for which distance; empty where the model has no table
 * @param span k: the table has 2k rows
 * @param normed whether the table is normalised
 * @param sharedKeys whether distances are projected by the matrices of the contents' queries and
 *     keys
 * @param contentToPosition whether contents are compared with distances
 * @param positionToContent whether distances are compared with contents
 */
public record RelativePositions(
    Optional<DistanceBuckets> table,
    int span,
    boolean normed,
    boolean sharedKeys,
    boolean contentToPosition,
    boolean positionToContent) {

  /** What the scores are multiplied by: 1/√(d·(1 + the number of terms)). */
  double scale(int headSize) {
    int terms = (contentToPosition ? 1 : 0) + (positionToContent ? 1 : 0);
    return 1 / Math.sqrt((double) headSize * (1 + terms));
  }

  /** Whether anything is added to the scores. */
  boolean hasTerm() {
    return table.isPresent() && (contentToPosition || positionToContent);
  }
}
