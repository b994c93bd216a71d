package org.ptuning4j.backbone.deberta;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.layer.DistanceBuckets;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * Small distances have a row each, larger ones share rows that grow with the logarithm (DeBERTa
 * v2).
 *
 * @param span k, the number of buckets on each side: the table has 2k rows
 * @param largest the distance that the last bucket is made for
 */
record LogBuckets(int span, int largest) implements DistanceBuckets {

  /** Checks that the logarithms have a base. */
  LogBuckets {
    if (span < 2 || largest - 1 == span / 2) {
      throw new IllegalArgumentException(
          span + " buckets for distances up to " + largest + " cannot be computed");
    }
  }

  @Override
  public long[] rows(int least, int count) {
    long[] distances = LongStream.range(least, (long) least + count).toArray();
    long[] logarithmic = logarithmic(distances);
    int exact = span / 2;
    long[] rows = new long[count];
    for (int i = 0; i < count; i++) {
      boolean small = Math.abs(distances[i]) <= exact;
      long bucket = small ? distances[i] : Long.signum(distances[i]) * logarithmic[i];
      rows[i] = Math.min(Math.max(bucket + span, 0), 2L * span - 1);
    }
    return rows;
  }

  /**
   * ⌈log(|δ|/e) / log((largest − 1)/e) · (e − 1)⌉ + e, where e is the largest exact distance. In
   * libtorch's fp32, as the published code has it: a distance on the edge between two buckets is
   * rounded there.
   */
  private long[] logarithmic(long[] distances) {
    int exact = span / 2;
    float[] ratios = new float[distances.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = (float) Math.max(Math.abs(distances[i]), exact) / exact;
    }
    float[] base = {(float) ((largest - 1.0) / exact)};
    return Scope.run(
        () -> {
          Tensor logarithms = Tensors.of(ratios, ratios.length).log();
          return Tensors.longs(
              logarithms
                  .div(Tensors.of(base, 1).log())
                  .mul(new Scalar(exact - 1.0))
                  .ceil()
                  .add(new Scalar((double) exact)));
        });
  }
}
