package org.ptuning4j.task.tagging;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sequences of tags that are possible, weighed by the product of the probabilities of their
 * tags and of what the transitions between them give: the best one (Viterbi's algorithm), and how
 * much each word's tags have of all of them (forward and backward).
 *
 * <p>Log-probabilities are words × labels; {@code null} for a word that no token stands for. Such a
 * word is {@code O}, the first label, and as it was in training: the words on its sides follow each
 * other, but no entity goes on across it.
 */
final class TagPaths {

  /** For a probability of 0, which is still a choice where there is no other. */
  private static final double LEAST = -1e200;

  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private final int size;
  private final double[] first; // what a label has at the beginning
  private final double[][] next; // and behind another, previous × next
  private final double[][] across; // the same with words between that have no token

  private TagPaths(int size) {
    this.size = size;
    this.first = new double[size];
    this.next = new double[size][size];
    this.across = new double[size][size];
  }

  /**
   * Those that are valid IOB2, in which {@code I-X} stands only behind {@code B-X} or {@code I-X}.
   *
   * @param labels a task's, O first
   * @param transitions the logarithm of what a tag behind another gives, previous × next; empty for
   *     none
   */
  static TagPaths valid(List<String> labels, float[] transitions) {
    TagPaths paths = any(labels.size(), transitions);
    for (int label = 0; label < labels.size(); label++) {
      String tag = labels.get(label);
      if (tag.startsWith("I-")) {
        paths.first[label] = NEVER;
        for (int previous = 0; previous < labels.size(); previous++) {
          paths.across[previous][label] = NEVER;
          if (previous == 0 || !labels.get(previous).substring(2).equals(tag.substring(2))) {
            paths.next[previous][label] = NEVER;
          }
        }
      }
    }
    return paths;
  }

  /** All of them; see {@link #valid}. */
  static TagPaths any(int labels, float[] transitions) {
    if (transitions.length != 0 && transitions.length != labels * labels) {
      throw new IllegalArgumentException(
          transitions.length + " transitions are not those of " + labels + " labels");
    }
    TagPaths paths = new TagPaths(labels);
    for (int i = 0; i < transitions.length; i++) {
      paths.next[i / labels][i % labels] = transitions[i];
      paths.across[i / labels][i % labels] = transitions[i];
    }
    return paths;
  }

  /** The words that tokens stand for. */
  private static int[] read(double[][] logs) {
    return IntStream.range(0, logs.length).filter(word -> logs[word] != null).toArray();
  }

  /** What labels have behind those of the word that was read before. */
  private double[][] behind(int[] read, int i) {
    return read[i] == read[i - 1] + 1 ? next : across;
  }

  /** The best one: for each word the index of its label. */
  int[] best(double[][] logs) {
    int[] read = read(logs);
    double[] best = new double[size];
    int[][] from = new int[read.length][size];
    for (int i = 0; i < read.length; i++) {
      double[] sums = new double[size];
      for (int label = 0; label < size; label++) {
        double before = first[label];
        if (i > 0) {
          int previous = bestBefore(best, behind(read, i), label);
          from[i][label] = previous;
          before = best[previous] + behind(read, i)[previous][label];
        }
        sums[label] = before + emission(logs[read[i]], label);
      }
      best = sums;
    }
    int[] path = new int[logs.length];
    int label = bestOf(best);
    for (int i = read.length - 1; i >= 0; i--) {
      path[read[i]] = label;
      label = from[i][label];
    }
    return path;
  }

  private int bestBefore(double[] best, double[][] behind, int label) {
    int found = 0;
    for (int previous = 1; previous < size; previous++) {
      boolean better =
          best[previous] + behind[previous][label] > best[found] + behind[found][label];
      found = better ? previous : found;
    }
    return found;
  }

  private static int bestOf(double[] values) {
    int found = 0;
    for (int i = 1; i < values.length; i++) {
      found = values[i] > values[found] ? i : found;
    }
    return found;
  }

  /**
   * The share that each word's tags have of all these sequences, {@code words × labels}; a word's
   * shares add up to 1.
   */
  double[][] shares(double[][] logs) {
    int[] read = read(logs);
    double[][] forward = new double[read.length][size]; // up to a word, its own tag included
    double[][] backward = new double[read.length][size]; // behind a word
    for (int i = 0; i < read.length; i++) {
      for (int label = 0; label < size; label++) {
        double before = i == 0 ? first[label] : before(forward[i - 1], behind(read, i), label);
        forward[i][label] = before + emission(logs[read[i]], label);
      }
    }
    for (int i = read.length - 2; i >= 0; i--) {
      double[] after = new double[size];
      for (int label = 0; label < size; label++) {
        after[label] = emission(logs[read[i + 1]], label) + backward[i + 1][label];
      }
      for (int label = 0; label < size; label++) {
        backward[i][label] = sum(plus(behind(read, i + 1)[label], after));
      }
    }
    double[][] shares = new double[logs.length][size];
    Arrays.stream(shares).forEach(word -> word[0] = 1);
    for (int i = 0; i < read.length; i++) {
      double[] own = plus(forward[i], backward[i]);
      double all = sum(own);
      Arrays.setAll(shares[read[i]], label -> Math.exp(own[label] - all));
    }
    return shares;
  }

  private double before(double[] forward, double[][] behind, int label) {
    double[] all = new double[size];
    Arrays.setAll(all, previous -> forward[previous] + behind[previous][label]);
    return sum(all);
  }

  private static double[] plus(double[] a, double[] b) {
    double[] sums = new double[a.length];
    Arrays.setAll(sums, i -> a[i] + b[i]);
    return sums;
  }

  /** The logarithm of the sum of what the logarithms stand for. */
  private static double sum(double[] logs) {
    double max = Arrays.stream(logs).max().orElse(NEVER);
    if (max == NEVER) {
      return NEVER;
    }
    double sum = 0;
    for (double log : logs) {
      sum += log == NEVER ? 0 : Math.exp(log - max);
    }
    return max + Math.log(sum);
  }

  private static double emission(double[] logs, int label) {
    return logs[label] > LEAST ? logs[label] : LEAST;
  }
}
