package org.ptuning4j.task.tagging;

import java.util.Arrays;
import java.util.List;

/**
 * The sequences of tags that are possible, weighed by the product of the probabilities of their
 * tags and of what the transitions between them give: the best one (Viterbi's algorithm), and how
 * much each word's tags have of all of them (forward and backward).
 *
 * <p>Log-probabilities are words × labels; {@code null} for a word that no token stands for, which
 * is {@code O}, the first label.
 */
final class TagPaths {

  /** For a probability of 0, which is still a choice where there is no other. */
  private static final double LEAST = -1e200;

  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private final int size;
  private final boolean[] starts;
  private final boolean[][] follows; // previous × next
  private final float[] transitions; // previous × next, or empty

  private TagPaths(int size, float[] transitions) {
    if (transitions.length != 0 && transitions.length != size * size) {
      throw new IllegalArgumentException(
          transitions.length + " transitions are not those of " + size + " labels");
    }
    this.size = size;
    this.starts = new boolean[size];
    this.follows = new boolean[size][size];
    this.transitions = transitions;
  }

  /**
   * Those that are valid IOB2, in which {@code I-X} stands only behind {@code B-X} or {@code I-X}.
   *
   * @param labels a task's, O first
   * @param transitions the logarithm of what a tag behind another gives, previous × next; empty for
   *     none
   */
  static TagPaths valid(List<String> labels, float[] transitions) {
    TagPaths paths = new TagPaths(labels.size(), transitions);
    paths.setValid(labels);
    return paths;
  }

  /** All of them; see {@link #valid}. */
  static TagPaths any(int labels, float[] transitions) {
    TagPaths paths = new TagPaths(labels, transitions);
    Arrays.fill(paths.starts, true);
    Arrays.stream(paths.follows).forEach(row -> Arrays.fill(row, true));
    return paths;
  }

  private void setValid(List<String> labels) {
    for (int label = 0; label < size; label++) {
      String tag = labels.get(label);
      boolean inside = tag.startsWith("I-");
      starts[label] = !inside;
      for (int previous = 0; previous < size; previous++) {
        follows[previous][label] =
            !inside || (previous > 0 && labels.get(previous).substring(2).equals(tag.substring(2)));
      }
    }
  }

  /** The best one: for each word the index of its label. */
  int[] best(double[][] logs) {
    double[] best = new double[size];
    int[][] from = new int[logs.length][size];
    for (int word = 0; word < logs.length; word++) {
      double[] next = new double[size];
      for (int label = 0; label < size; label++) {
        int previous = word == 0 ? -1 : bestBefore(label, best);
        double before =
            word == 0
                ? start(label)
                : previous < 0 ? NEVER : best[previous] + transition(previous, label);
        from[word][label] = previous;
        next[label] = before + emission(logs[word], label);
      }
      best = next;
    }
    return backwards(best, from);
  }

  private int bestBefore(int label, double[] best) {
    int found = -1;
    for (int previous = 0; previous < size; previous++) {
      boolean possible = follows[previous][label] && best[previous] > NEVER;
      if (possible
          && (found < 0
              || best[previous] + transition(previous, label)
                  > best[found] + transition(found, label))) {
        found = previous;
      }
    }
    return found;
  }

  private static int[] backwards(double[] best, int[][] from) {
    int[] path = new int[from.length];
    int label = 0;
    for (int i = 1; i < best.length; i++) {
      label = best[i] > best[label] ? i : label;
    }
    for (int word = from.length - 1; word >= 0; word--) {
      path[word] = label;
      label = from[word][label];
    }
    return path;
  }

  /**
   * The share that each word's tags have of all valid sequences, {@code words × labels}; a word's
   * shares add up to 1.
   */
  double[][] shares(double[][] logs) {
    int words = logs.length;
    double[][] forward = new double[words][size]; // up to a word, its own tag included
    double[][] backward = new double[words][size]; // behind a word
    for (int word = 0; word < words; word++) {
      for (int label = 0; label < size; label++) {
        double before = word == 0 ? start(label) : before(forward[word - 1], label);
        forward[word][label] = before + emission(logs[word], label);
      }
    }
    for (int word = words - 2; word >= 0; word--) {
      double[] behind = new double[size];
      for (int label = 0; label < size; label++) {
        behind[label] = emission(logs[word + 1], label) + backward[word + 1][label];
      }
      for (int label = 0; label < size; label++) {
        backward[word][label] = behind(behind, label);
      }
    }
    double[][] shares = new double[words][size];
    for (int word = 0; word < words; word++) {
      for (int label = 0; label < size; label++) {
        shares[word][label] = forward[word][label] + backward[word][label];
      }
      double all = sum(shares[word]);
      for (int label = 0; label < size; label++) {
        shares[word][label] = Math.exp(shares[word][label] - all);
      }
    }
    return shares;
  }

  /** What a label has from all labels that it may follow. */
  private double before(double[] forward, int label) {
    double[] all = new double[size];
    for (int previous = 0; previous < size; previous++) {
      all[previous] =
          follows[previous][label] ? forward[previous] + transition(previous, label) : NEVER;
    }
    return sum(all);
  }

  /** What a label has from all labels that may follow it. */
  private double behind(double[] next, int label) {
    double[] all = new double[size];
    for (int following = 0; following < size; following++) {
      all[following] =
          follows[label][following] ? transition(label, following) + next[following] : NEVER;
    }
    return sum(all);
  }

  private double transition(int previous, int next) {
    return transitions.length == 0 ? 0 : transitions[previous * size + next];
  }

  /** The logarithm of the sum of what the logarithms stand for. */
  private static double sum(double[] logs) {
    double max = NEVER;
    for (double log : logs) {
      max = Math.max(max, log);
    }
    if (max == NEVER) {
      return NEVER;
    }
    double sum = 0;
    for (double log : logs) {
      sum += log == NEVER ? 0 : Math.exp(log - max);
    }
    return max + Math.log(sum);
  }

  private double start(int label) {
    return starts[label] ? 0 : NEVER;
  }

  private static double emission(double[] logs, int label) {
    if (logs == null) {
      return label == 0 ? 0 : NEVER;
    }
    return logs[label] > LEAST ? logs[label] : LEAST;
  }
}
