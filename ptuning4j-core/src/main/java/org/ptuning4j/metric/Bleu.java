package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;

/**
 * BLEU of a corpus (Papineni et al., 2002, sections 2.2 and 2.3): the geometric mean of the clipped
 * precisions of 1 to 4 words in a row, times a penalty for what is shorter than the references.
 * Texts are split into words as the evaluation of WMT does ({@code mteval-v13a}), case counts, and
 * where a longer row of words never matches, 1/2, 1/4, … of a match stands for it: the defaults of
 * sacreBLEU (Post, 2018).
 */
public final class Bleu {

  private static final int ORDER = 4;

  private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final long[] matches = new long[ORDER];
  private final long[] totals = new long[ORDER];
  private long length;
  private long referenceLength;

  private Bleu() {}

  /**
   * The BLEU of texts.
   *
   * @param references for each text those that are right, one at least
   * @param texts one a list of references
   * @return 0 to 1; papers print a hundred times as much
   * @throws InvalidInputException where there is no text, or not as many as references
   */
  public static double of(List<List<String>> references, List<String> texts) {
    if (texts.isEmpty() || texts.size() != references.size()) {
      throw InvalidInputException.of(
          "%d references and %d texts: there must be as many, at least one",
          references.size(), texts.size());
    }
    Bleu bleu = new Bleu();
    for (int i = 0; i < texts.size(); i++) {
      bleu.add(references.get(i), texts.get(i));
    }
    return bleu.score();
  }

  private void add(List<String> references, String text) {
    List<String> words = words(text);
    length += words.size();
    int closest = -1;
    for (int order = 1; order <= ORDER; order++) {
      Map<List<String>, Integer> most = new HashMap<>();
      for (String reference : references) {
        List<String> right = words(reference);
        if (order == 1) {
          closest = closer(right.size(), closest, words.size());
        }
        counts(right, order).forEach((gram, count) -> most.merge(gram, count, Math::max));
      }
      for (Map.Entry<List<String>, Integer> gram : counts(words, order).entrySet()) {
        totals[order - 1] += gram.getValue();
        matches[order - 1] += Math.min(gram.getValue(), most.getOrDefault(gram.getKey(), 0));
      }
    }
    referenceLength += closest;
  }

  /** The length that is closer to the text's; of two that are equally close the shorter one. */
  private static int closer(int length, int best, int of) {
    if (best < 0) {
      return length;
    }
    int difference = Math.abs(length - of) - Math.abs(best - of);
    return difference < 0 || (difference == 0 && length < best) ? length : best;
  }

  private static Map<List<String>, Integer> counts(List<String> words, int order) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + order <= words.size(); i++) {
      counts.merge(List.copyOf(words.subList(i, i + order)), 1, Integer::sum);
    }
    return counts;
  }

  private double score() {
    if (matches[0] == 0) {
      return 0;
    }
    double logs = 0;
    double smoothing = 1;
    int orders = 0;
    for (int order = 0; order < ORDER && totals[order] > 0; order++) {
      if (matches[order] == 0) {
        smoothing *= 2;
        logs += Math.log(1 / (smoothing * totals[order]));
      } else {
        logs += Math.log((double) matches[order] / totals[order]);
      }
      orders++;
    }
    // Texts shorter than four words have no rows of four: a precision of 0 as in sacreBLEU.
    if (orders < ORDER) {
      return 0;
    }
    double brevity = length < referenceLength ? 1 - (double) referenceLength / length : 0;
    return Math.exp(brevity + logs / ORDER);
  }

  /** Splits a text into words, numbers and marks. */
  static List<String> words(String text) {
    String line =
        text.replace("<skipped>", "")
            .replace("-\n", "")
            .replace("\n", " ")
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    line = " " + line + " ";
    line = SYMBOL.matcher(line).replaceAll(" $1 ");
    line = AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
    line = BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
    line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
    return Arrays.stream(SPACE.split(line.strip(), -1)).filter(word -> !word.isEmpty()).toList();
  }
}
