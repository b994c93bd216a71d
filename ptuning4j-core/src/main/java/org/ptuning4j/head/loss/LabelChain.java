package org.ptuning4j.head.loss;

import java.util.Arrays;

/**
 * The loss of labels that stand in a chain, such as the tags of a sentence's words, and its
 * gradients: a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001; over
 * states of a network Lample et al. 2016, arXiv 1603.01360, section 2.3). Labels y of n words have
 * the score
 *
 * <p>s(y) = Σ_i e_i[y_i] + Σ_{i>1} t[y_{i−1}, y_i],
 *
 * <p>and the loss is ln Σ_{y′} exp s(y′) − s(y). Where a word's label is not known, s(y) is the
 * logarithm of the sum over all labels that it may have. The gradient by a score is how probable
 * that score is to be counted over all sequences, less how probable over those that are right.
 *
 * <p>Sums run forward and backward in double precision, scaled at each word. Scores that are more
 * than 300 below a word's best count as 300 below, so that nothing can run over or under.
 *
 * <p>An object gathers the gradients of several sequences.
 */
public final class LabelChain {

  private static final double LEAST = Math.exp(-300);
  private static final double FREE = 1;
  private static final double RIGHT = -1;

  private final int labels;
  private final double[] transitions; // exp(t − largest), previous × next
  private final double[] reversed; // the same, next × previous
  private final double largest;
  private final double[] byTransition;

  /**
   * Chains with these transitions.
   *
   * @param transitions t, labels × labels, row-major: the label before × the label behind
   */
  public LabelChain(int labels, float[] transitions) {
    if (transitions.length != labels * labels) {
      throw new IllegalArgumentException(
          transitions.length + " transitions are not those of " + labels + " labels");
    }
    this.labels = labels;
    this.largest = largest(transitions, 0, transitions.length);
    this.transitions = new double[transitions.length];
    Arrays.setAll(this.transitions, i -> exp(transitions[i] - largest));
    this.reversed = new double[transitions.length];
    Arrays.setAll(reversed, i -> this.transitions[i % labels * labels + i / labels]);
    this.byTransition = new double[transitions.length];
  }

  /**
   * The loss of a sequence; adds its gradients to those that are there.
   *
   * @param emissions e, words × labels, row-major, of this sequence and others
   * @param first this one's first word among them
   * @param targets for each of its words the right label, or a negative number where it is not
   *     known
   * @param byEmission where the gradient by {@code emissions} is added
   */
  public double loss(float[] emissions, int first, long[] targets, float[] byEmission) {
    if (Arrays.stream(targets).allMatch(target -> target < 0)) {
      return 0;
    }
    long[] open = new long[targets.length];
    Arrays.fill(open, -1);
    return pass(emissions, first, open, byEmission, FREE)
        - pass(emissions, first, targets, byEmission, RIGHT);
  }

  /** The gradient by the transitions so far, labels × labels. */
  public float[] byTransition() {
    float[] gradient = new float[byTransition.length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) byTransition[i];
    }
    return gradient;
  }

  /** The logarithm of the sum over all sequences with these labels; adds ± its gradients. */
  private double pass(float[] all, int first, long[] wanted, float[] byEmission, double sign) {
    int words = wanted.length;
    double[][] emissions = new double[words][];
    double[][] forward = new double[words][]; // each word's add up to 1
    double[] scales = new double[words];
    double log = largest * (words - 1);
    for (int word = 0; word < words; word++) {
      double best = best(all, (first + word) * labels, wanted[word]);
      emissions[word] = emissions(all, (first + word) * labels, wanted[word], best);
      forward[word] =
          word == 0 ? emissions[0].clone() : times(before(forward[word - 1]), emissions[word]);
      scales[word] = Arrays.stream(forward[word]).sum();
      log += best + Math.log(scales[word]);
      scale(forward[word], scales[word]);
    }
    double[] behind = new double[labels];
    Arrays.fill(behind, 1);
    for (int word = words - 1; word >= 0; word--) {
      for (int label = 0; label < labels; label++) {
        byEmission[(first + word) * labels + label] +=
            (float) (sign * forward[word][label] * behind[label]);
      }
      if (word > 0) {
        double[] next = times(emissions[word], behind);
        scale(next, scales[word]);
        addPairs(forward[word - 1], next, sign);
        behind = behind(next);
      }
    }
    return log;
  }

  private double best(float[] all, int from, long wanted) {
    return wanted < 0 ? largest(all, from, from + labels) : all[from + Math.toIntExact(wanted)];
  }

  private double[] emissions(float[] all, int from, long wanted, double best) {
    double[] emissions = new double[labels];
    for (int label = 0; label < labels; label++) {
      emissions[label] = wanted < 0 || wanted == label ? exp(all[from + label] - best) : 0;
    }
    return emissions;
  }

  /** What each label has from all labels before it. */
  private double[] before(double[] forward) {
    return sums(transitions, forward);
  }

  /** What each label has from all labels behind it. */
  private double[] behind(double[] next) {
    return sums(reversed, next);
  }

  /** Rows of a matrix, weighed and added. */
  private double[] sums(double[] matrix, double[] weights) {
    double[] sums = new double[labels];
    for (int row = 0; row < labels; row++) {
      double weight = weights[row];
      for (int column = 0; weight != 0 && column < labels; column++) {
        sums[column] += weight * matrix[row * labels + column];
      }
    }
    return sums;
  }

  private void addPairs(double[] forward, double[] next, double sign) {
    for (int previous = 0; previous < labels; previous++) {
      double share = sign * forward[previous];
      for (int label = 0; share != 0 && label < labels; label++) {
        int pair = previous * labels + label;
        byTransition[pair] += share * transitions[pair] * next[label];
      }
    }
  }

  private static double exp(double below) {
    return Math.max(LEAST, Math.exp(below));
  }

  private static double largest(float[] values, int from, int to) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, values[i]);
    }
    return largest;
  }

  private static double[] times(double[] a, double[] b) {
    double[] product = new double[a.length];
    Arrays.setAll(product, i -> a[i] * b[i]);
    return product;
  }

  private static void scale(double[] values, double by) {
    for (int i = 0; i < values.length; i++) {
      values[i] /= by;
    }
  }
}
