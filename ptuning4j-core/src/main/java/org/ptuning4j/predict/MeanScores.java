package org.ptuning4j.predict;

/** The mean of what the members of an ensemble give for one item; what a single one gives is it. */
final class MeanScores {

  private float[] sum; // null until there is one
  private int count;

  /** Takes the scores of one more member. */
  void add(float[] scores) {
    count++;
    if (sum == null) {
      sum = scores;
      return;
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] += scores[i];
    }
  }

  /** The mean, once all have been taken. */
  float[] values() {
    if (count > 1) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] /= count;
      }
      count = 1;
    }
    return sum;
  }
}
