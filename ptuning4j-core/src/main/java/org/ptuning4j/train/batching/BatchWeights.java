package org.ptuning4j.train.batching;

import java.util.Arrays;

/**
 * How the batches of one step are put together: the step's loss, and with it the gradient, is the
 * sum of the batches' summed losses, each times its factor. As the factors come from the counts of
 * all batches of the step, it makes no difference how the step's rows were cut into batches.
 *
 * @param factors one for each batch
 * @param total the number of terms, or of rows, that the step's loss is the mean of
 */
@SuppressWarnings("ArrayRecordComponent") // a few numbers, never compared
public record BatchWeights(double[] factors, long total) {

  /**
   * The mean over all terms of all batches.
   *
   * @param terms the number of each batch's terms
   */
  public static BatchWeights mean(long[] terms) {
    long total = Arrays.stream(terms).sum();
    double[] factors = new double[terms.length];
    Arrays.fill(factors, 1.0 / Math.max(1, total));
    return new BatchWeights(factors, total);
  }

  /**
   * The mean over each group's terms, and over the groups by their rows: of several tasks in one
   * step, each counts by its examples, whether an example has one term or, as with tags, many.
   *
   * @param groups the group of each batch, from 0
   * @param terms the number of each batch's terms
   * @param rows the number of each batch's rows
   */
  public static BatchWeights meanOfGroups(int[] groups, long[] terms, long[] rows) {
    int count = Arrays.stream(groups).max().orElse(0) + 1;
    long[] groupTerms = new long[count];
    long[] groupRows = new long[count];
    for (int i = 0; i < groups.length; i++) {
      groupTerms[groups[i]] += terms[i];
      groupRows[groups[i]] += rows[i];
    }
    long total = Arrays.stream(rows).sum();
    double[] factors = new double[groups.length];
    for (int i = 0; i < groups.length; i++) {
      double share = (double) groupRows[groups[i]] / total;
      factors[i] = share / Math.max(1, groupTerms[groups[i]]);
    }
    return new BatchWeights(factors, total);
  }
}
