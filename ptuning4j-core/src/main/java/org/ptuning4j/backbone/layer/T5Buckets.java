package org.ptuning4j.backbone.layer;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * T5's buckets (Raffel et al., arXiv 1910.10683, section 2.1): small distances have a row each, and
 * larger ones share rows that grow with the logarithm. In both directions, half of the rows are for
 * keys before the query and half for those after it; in one, keys after the query have the row of
 * the query itself, and are never seen.
 *
 * @param count the number of rows
 * @param largest the distance from which on all share the last row
 * @param both whether keys after the query have rows of their own
 */
public record T5Buckets(int count, int largest, boolean both) implements DistanceBuckets {

  @Override
  public long[] rows(int least, int distances) {
    long each = both ? count / 2 : count; // rows in one direction
    long exact = each / 2;
    long[] between = LongStream.range(least, (long) least + distances).toArray();
    long[] logarithmic = logarithmic(between, each, exact);
    long[] rows = new long[distances];
    for (int i = 0; i < distances; i++) {
      boolean after = between[i] < 0;
      long distance = after && !both ? 0 : Math.abs(between[i]);
      long row = distance < exact ? distance : Math.min(logarithmic[i], each - 1);
      rows[i] = after && both ? each + row : row;
    }
    return rows;
  }

  /**
   * e + ⌊log(|δ|/e) / log(largest/e) · (rows − e)⌋, where the distances below e are exact. In
   * libtorch's fp32, as the published code has it.
   */
  private long[] logarithmic(long[] between, long each, long exact) {
    float[] ratios = new float[between.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = (float) Math.max(Math.abs(between[i]), exact) / exact;
    }
    double base = Math.log((double) largest / exact);
    return Scope.run(
        () -> {
          Tensor logarithms = Tensors.of(ratios, ratios.length).log().div(new Scalar(base));
          long[] steps = Tensors.longs(logarithms.mul(new Scalar((double) (each - exact))));
          return LongStream.of(steps).map(step -> exact + step).toArray();
        });
  }
}
