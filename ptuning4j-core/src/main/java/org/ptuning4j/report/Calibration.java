package org.ptuning4j.report;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * Whether probabilities mean what they say: answers in bins of equal width by their probability,
 * and the expected calibration error (Guo et al., arXiv 1706.04599), the mean difference between
 * probability and accuracy, weighed by the answers of each bin.
 *
 * @param bins from 0 to 1; those without answers are among them
 * @param error the expected calibration error, 0 to 1
 * @param answers how many there are
 */
public record Calibration(List<Bin> bins, double error, int answers) {

  /** Copies the list. */
  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * The answers of some probabilities.
   *
   * @param low above this, for the first bin from this on
   * @param high up to this
   * @param answers how many
   * @param confidence their mean probability; 0 without answers
   * @param accuracy how many of them are right, 0 to 1; 0 without answers
   */
  public record Bin(double low, double high, int answers, double confidence, double accuracy) {}

  /**
   * Counts answers.
   *
   * @param confidence the probability of each answer
   * @param right whether it is right
   * @param count of bins
   */
  public static Calibration of(double[] confidence, boolean[] right, int count) {
    if (confidence.length != right.length || confidence.length == 0 || count < 1) {
      throw InvalidInputException.of(
          "calibration: %d probabilities of %d answers in %d bins",
          confidence.length, right.length, count);
    }
    int[] answers = new int[count];
    double[] sums = new double[count];
    int[] hits = new int[count];
    for (int i = 0; i < confidence.length; i++) {
      int bin = Math.max(0, Math.min(count - 1, (int) Math.ceil(confidence[i] * count) - 1));
      answers[bin]++;
      sums[bin] += confidence[i];
      hits[bin] += right[i] ? 1 : 0;
    }
    List<Bin> bins = new ArrayList<>();
    double error = 0;
    for (int bin = 0; bin < count; bin++) {
      double mean = answers[bin] == 0 ? 0 : sums[bin] / answers[bin];
      double accuracy = answers[bin] == 0 ? 0 : hits[bin] / (double) answers[bin];
      bins.add(
          new Bin(bin / (double) count, (bin + 1) / (double) count, answers[bin], mean, accuracy));
      error += answers[bin] / (double) confidence.length * Math.abs(accuracy - mean);
    }
    return new Calibration(bins, error, confidence.length);
  }
}
