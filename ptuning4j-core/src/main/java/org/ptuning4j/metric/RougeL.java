package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;

/**
 * ROUGE-L (Lin, 2004, section 3.1): F1 of the longest common subsequence of words, in which texts
 * agree in order but perhaps with gaps. As in Google's {@code rouge_score} without stemming, words
 * are runs of a–z and 0–9 in lower case, and of several references the best counts.
 */
public final class RougeL {

  private static final Pattern NO_WORD = Pattern.compile("[^a-z0-9]+");

  private RougeL() {}

  /**
   * The mean over texts.
   *
   * @param references for each text those that are right, one at least
   * @param texts one a list of references
   * @return 0 to 1
   * @throws InvalidInputException where there is no text, or not as many as references
   */
  public static double of(List<List<String>> references, List<String> texts) {
    if (texts.isEmpty() || texts.size() != references.size()) {
      throw InvalidInputException.of(
          "%d references and %d texts: there must be as many, at least one",
          references.size(), texts.size());
    }
    double sum = 0;
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      sum += references.get(i).stream().mapToDouble(each -> f1(each, text)).max().orElse(0);
    }
    return sum / texts.size();
  }

  /** F1 of one text against one reference. */
  static double f1(String reference, String text) {
    String[] right = words(reference);
    String[] said = words(text);
    int common = commonSubsequence(right, said);
    return common == 0 ? 0 : 2.0 * common / (right.length + said.length);
  }

  private static String[] words(String text) {
    return Arrays.stream(NO_WORD.split(text.toLowerCase(Locale.ROOT), -1))
        .filter(word -> !word.isEmpty())
        .toArray(String[]::new);
  }

  private static int commonSubsequence(String[] one, String[] other) {
    int[] above = new int[other.length + 1];
    for (String word : one) {
      int[] row = new int[other.length + 1];
      for (int j = 1; j <= other.length; j++) {
        row[j] = word.equals(other[j - 1]) ? above[j - 1] + 1 : Math.max(row[j - 1], above[j]);
      }
      above = row;
    }
    return above[other.length];
  }
}
