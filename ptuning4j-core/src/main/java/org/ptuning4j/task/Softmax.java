package org.ptuning4j.task;

/** Probabilities of scores, for the few that a task looks at. */
public final class Softmax {

  private Softmax() {}

  /** exp(sᵢ) / Σ exp(sⱼ). */
  public static double[] of(float[] scores) {
    return of(scores, 0, scores.length);
  }

  /** The same for a part of the scores. */
  public static double[] of(float[] scores, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, scores[i]);
    }
    double[] probabilities = new double[to - from];
    double sum = 0;
    for (int i = from; i < to; i++) {
      probabilities[i - from] = Math.exp(scores[i] - max);
      sum += probabilities[i - from];
    }
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }
}
