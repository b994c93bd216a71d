package org.ptuning4j.generate;

import java.util.Arrays;
import org.ptuning4j.InvalidInputException;

/**
 * Scores of one row's next token on their way to a choice. The order of the steps is that of
 * Hugging Face: penalty, temperature, top-k, top-p.
 */
final class TokenScores {

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
    int[] kept = best(scores, settings.topK() == 0 ? scores.length : settings.topK());
    double[] probabilities = probabilities(scores, kept, settings.temperature());
    int count = nucleus(probabilities, settings.topP());
    double mass = Arrays.stream(probabilities, 0, count).sum();
    double left = drawn * mass;
    for (int i = 0; i < count; i++) {
      left -= probabilities[i];
      if (left < 0) {
        return kept[i];
      }
    }
    return kept[count - 1]; // drawn lies within rounding of 1
  }

  /** The tokens with the k highest scores, the best first; of equal ones the lowest index first. */
  static int[] best(float[] scores, int k) {
    long[] keys = new long[scores.length];
    for (int token = 0; token < keys.length; token++) {
      keys[token] = ((long) descending(scores[token]) << Integer.SIZE) | token;
    }
    Arrays.sort(keys);
    int[] tokens = new int[Math.min(k, keys.length)];
    Arrays.setAll(tokens, i -> (int) keys[i]);
    return tokens;
  }

  /** A number that is the smaller the higher the score is. */
  private static int descending(float score) {
    int bits = Float.floatToIntBits(score);
    return ~(bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE));
  }

  private static double[] probabilities(float[] scores, int[] tokens, double temperature) {
    double highest = scores[tokens[0]];
    double[] each =
        Arrays.stream(tokens)
            .mapToDouble(token -> Math.exp((scores[token] - highest) / temperature))
            .toArray();
    double sum = Arrays.stream(each).sum();
    return Arrays.stream(each).map(value -> value / sum).toArray();
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
