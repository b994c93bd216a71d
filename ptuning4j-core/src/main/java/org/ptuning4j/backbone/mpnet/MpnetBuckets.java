package org.ptuning4j.backbone.mpnet;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.layer.DistanceBuckets;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * T5's buckets for both directions (Raffel et al., arXiv 1910.10683, section 2.1): half of the rows
 * for keys before the query, half for those after it; in each half the small distances have a row
 * each, and larger ones share rows that grow with the logarithm.
 *
 * @param count the number of rows
 * @param largest the distance from which on all share the last row
 */
record MpnetBuckets(int count, int largest) implements DistanceBuckets {

  @Override
  public long[] rows(int least, int distances) {
    long half = count / 2;
    long exact = half / 2;
    long[] between = LongStream.range(least, (long) least + distances).toArray();
    long[] logarithmic = logarithmic(between, half, exact);
    long[] rows = new long[distances];
    for (int i = 0; i < distances; i++) {
      long distance = Math.abs(between[i]);
      long row = distance < exact ? distance : Math.min(logarithmic[i], half - 1);
      rows[i] = between[i] < 0 ? half + row : row;
    }
    return rows;
  }

  /**
   * e + ⌊log(|δ|/e) / log(largest/e) · (half − e)⌋, where the distances below e are exact. In
   * libtorch's fp32, as the published code has it.
   */
  private long[] logarithmic(long[] between, long half, long exact) {
    float[] ratios = new float[between.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = (float) Math.max(Math.abs(between[i]), exact) / exact;
    }
    double base = Math.log((double) largest / exact);
    return Scope.run(
        () -> {
          Tensor logarithms = Tensors.of(ratios, ratios.length).log().div(new Scalar(base));
          long[] steps = Tensors.longs(logarithms.mul(new Scalar((double) (half - exact))));
          return LongStream.of(steps).map(step -> exact + step).toArray();
        });
  }
}
