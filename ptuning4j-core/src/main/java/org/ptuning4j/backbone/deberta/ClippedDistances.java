package org.ptuning4j.backbone.deberta;

import java.util.stream.IntStream;
import org.ptuning4j.backbone.layer.DistanceBuckets;

/**
 * A row for each distance up to a largest one, and the last row for all larger ones (DeBERTa,
 * equation 3).
 *
 * @param span k: the table has 2k rows, for the distances from −k to k − 1
 */
record ClippedDistances(int span) implements DistanceBuckets {

  @Override
  public long[] rows(int least, int count) {
    return IntStream.range(least, least + count)
        .mapToLong(distance -> Math.min(Math.max((long) distance + span, 0), 2L * span - 1))
        .toArray();
  }
}
