package org.ptuning4j.head;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The loss of a batch as a sum of terms and their number: one term for each answer that counts,
 * such as an example's label or a word's tag. Losses of several batches, or of several workers, add
 * up by adding sums and counts; means of batches of different sizes do not.
 *
 * @param sum the sum of the terms, a scalar with its graph
 * @param count the number of terms; 0 where no answer of the batch counts, and the sum is then 0
 */
public record Loss(Tensor sum, long count) {

  /** Requires a count of 0 or more. */
  public Loss {
    if (count < 0) {
      throw new IllegalArgumentException("count is " + count + ", must be 0 or more");
    }
  }

  /** The mean of the terms, a scalar with its graph; 0 where there is none. */
  public Tensor mean() {
    return sum.div(new Scalar(Math.max(1, count)));
  }
}
