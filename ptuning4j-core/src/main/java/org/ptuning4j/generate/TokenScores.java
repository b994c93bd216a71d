package org.ptuning4j.generate;

import java.util.Arrays;
import org.ptuning4j.InvalidInputException;

/**
 * Scores of one row's next token on their way to a choice. The order of the steps is that of
 * Hugging Face: penalty, temperature, top-k, top-p.
 */
final class TokenScores {

  /** How many of the best tokens are looked at first, and how many times as many then. */
  private static final int FIRST_LOOK = 256;

  private static final int MORE = 16;

  private TokenScores() {}

  /**
   * Makes tokens that the row has already less likely, in place: positive scores are divided by the
   * penalty, negative ones multiplied, each token once.
   */
  static void penalise(float[] scores, int[] present, double penalty) {
    if (penalty == 1) {
      return;
    }
    for (int token : Arrays.stream(present).distinct().toArray()) {
      if (token < scores.length) {
        float score = scores[token];
        scores[token] = (float) (score > 0 ? score / penalty : score * penalty);
      }
    }
  }

  /** The index of the highest score; of equal ones the lowest index. */
  static int best(float[] scores) {
    int best = 0;
    for (int token = 1; token < scores.length; token++) {
      if (scores[token] > scores[best]) {
        best = token;
      }
    }
    return best;
  }

  /**
   * ln of the sum of e to each score.
   *
   * @throws InvalidInputException if a score is no number
   */
  static double logSum(float[] scores) {
    double highest = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      highest = Math.max(highest, score); // NaN stays NaN
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - highest);
    }
    if (Double.isNaN(sum)) {
      throw new InvalidInputException(
          "the model's scores are not numbers (NaN); its weights or the precision do not suit it");
    }
    return highest + Math.log(sum);
  }

  /** Natural logarithms of the probabilities, {@code [V]}. */
  static double[] logProbabilities(float[] scores) {
    double logSum = logSum(scores);
    double[] logs = new double[scores.length];
    for (int token = 0; token < logs.length; token++) {
      logs[token] = scores[token] - logSum;
    }
    return logs;
  }

  /**
   * Draws a token by its probability at a temperature, among the best.
   *
   * @param settings temperature above 0, top-k and top-p
   * @param drawn a number in [0, 1)
   */
  static int draw(float[] scores, GenerationSettings settings, double drawn) {
    boolean all = settings.topK() == 0 || settings.topK() >= scores.length;
    int admitted = all ? scores.length : settings.topK();
    int looked = all ? Math.min(FIRST_LOOK, admitted) : admitted;
    while (true) { // the best few hold nearly all the mass: the others are sorted only if need be
      int[] kept = best(scores, looked);
      double[] probabilities = probabilities(scores, kept, settings.temperature(), all);
      int token = drawn(kept, probabilities, settings.topP(), drawn, looked == admitted);
      if (token >= 0) {
        return token;
      }
      looked = Math.min(admitted, MORE * looked);
    }
  }

  /**
   * The token that a number draws among the fewest that hold a mass together.
   *
   * @param complete whether there are no other tokens
   * @return the token, or −1 if it may be one of the others
   */
  private static int drawn(
      int[] kept, double[] probabilities, double topP, double drawn, boolean complete) {
    int count = nucleus(probabilities, topP);
    if (count == kept.length && !complete && topP < 1) {
      return -1;
    }
    double mass = topP < 1 || complete ? Arrays.stream(probabilities, 0, count).sum() : 1;
    double left = drawn * mass;
    for (int i = 0; i < count; i++) {
      left -= probabilities[i];
      if (left < 0) {
        return kept[i];
      }
    }
    return complete || topP < 1 ? kept[count - 1] : -1; // drawn lies within rounding of the mass
  }

  /** The tokens with the k highest scores, the best first; of equal ones the lowest index first. */
  static int[] best(float[] scores, int k) {
    long[] keys = new long[scores.length];
    for (int token = 0; token < keys.length; token++) {
      keys[token] = ((long) descending(scores[token]) << Integer.SIZE) | token;
    }
    long[] first = k < keys.length / MORE ? smallest(keys, k) : keys;
    Arrays.sort(first);
    int[] tokens = new int[Math.min(k, keys.length)];
    Arrays.setAll(tokens, i -> (int) first[i]);
    return tokens;
  }

  /** The k smallest keys, unordered, without sorting all of them. */
  private static long[] smallest(long[] keys, int k) {
    long[] kept = Arrays.copyOf(keys, 2 * k); // the smallest so far, and others that may be
    int count = k;
    long bound = Long.MAX_VALUE;
    for (int i = k; i < keys.length; i++) {
      if (keys[i] < bound) {
        kept[count++] = keys[i];
        if (count == kept.length) {
          Arrays.sort(kept);
          count = k;
          bound = kept[k - 1];
        }
      }
    }
    Arrays.sort(kept, 0, count);
    return Arrays.copyOf(kept, k);
  }

  /** A number that is the smaller the higher the score is. */
  private static int descending(float score) {
    int bits = Float.floatToIntBits(score);
    return ~(bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE));
  }

  /** Of the best tokens, among all or among themselves. */
  private static double[] probabilities(
      float[] scores, int[] tokens, double temperature, boolean amongAll) {
    double highest = scores[tokens[0]];
    double[] each =
        Arrays.stream(tokens)
            .mapToDouble(token -> Math.exp((scores[token] - highest) / temperature))
            .toArray();
    double sum = amongAll ? 0 : Arrays.stream(each).sum();
    for (int token = 0; amongAll && token < scores.length; token++) {
      sum += Math.exp((scores[token] - highest) / temperature);
    }
    double mass = sum;
    return Arrays.stream(each).map(value -> value / mass).toArray();
  }

  /** How many of the probabilities, in descending order, are needed for p together. */
  private static int nucleus(double[] probabilities, double p) {
    double before = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (before >= p) {
        return i;
      }
      before += probabilities[i];
    }
    return probabilities.length;
  }
}
