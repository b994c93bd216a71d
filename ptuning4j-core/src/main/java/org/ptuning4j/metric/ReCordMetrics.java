package org.ptuning4j.metric;

import java.util.List;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;

/**
 * Scores of ReCoRD (Zhang et al., 2018): for each query the best exact match and the best token F1
 * with any gold answer, texts compared as in SQuAD 1.1 ({@link SquadMetrics#normalise}). The
 * figures are means over queries, 0 to 1, as in SuperGLUE; the official script prints percentages.
 *
 * @param exactMatch the share of queries answered exactly
 * @param f1 the mean token F1
 * @param queries how many there are
 */
public record ReCordMetrics(double exactMatch, double f1, int queries) {

  /**
   * Scores predictions.
   *
   * @param golds for each query the texts of which any is right, one at least
   * @param predictions for each query the predicted text
   * @throws InvalidInputException where there is no query, the counts differ, or a query has no
   *     gold
   */
  public static ReCordMetrics of(List<List<String>> golds, List<String> predictions) {
    if (golds.isEmpty() || golds.size() != predictions.size()) {
      throw InvalidInputException.of(
          "golds of %d queries and %d predictions: there must be as many, at least one",
          golds.size(), predictions.size());
    }
    for (int i = 0; i < golds.size(); i++) {
      if (golds.get(i).isEmpty()) {
        throw InvalidInputException.of("query %d has no gold: must have one at least", i);
      }
    }
    int queries = golds.size();
    double exact =
        IntStream.range(0, queries)
            .filter(
                i ->
                    golds.get(i).stream()
                        .anyMatch(gold -> SquadMetrics.exact(gold, predictions.get(i))))
            .count();
    double f1 =
        IntStream.range(0, queries)
            .mapToDouble(i -> bestF1(golds.get(i), predictions.get(i)))
            .sum();
    return new ReCordMetrics(exact / queries, f1 / queries, queries);
  }

  private static double bestF1(List<String> golds, String prediction) {
    return golds.stream()
        .mapToDouble(gold -> SquadMetrics.sharedWordsF1(gold, prediction))
        .max()
        .orElse(0);
  }
}
