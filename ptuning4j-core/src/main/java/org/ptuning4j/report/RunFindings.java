package org.ptuning4j.report;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.ptuning4j.task.Scores;

/**
 * What was found of a run: on evaluation data, or what its folder says alone.
 *
 * @param run the run
 * @param metric that decides
 * @param scores its metrics and tables there; those of its training if it was not asked
 * @param rows its answers, in the file's order; empty if it was not asked
 * @param metricOf the deciding metric on rows by their places; NaN where it is undefined
 * @param attention how much of what each layer and head gives comes from the prompt, 0 to 1; empty
 *     where the prompt is not in the layers' attention
 * @param nearest the words nearest to each soft token; empty for other prompts
 */
public record RunFindings(
    ReportedRun run,
    String metric,
    Scores scores,
    List<AnsweredRow> rows,
    ToDoubleFunction<int[]> metricOf,
    Map<Integer, double[]> attention,
    List<List<Neighbour>> nearest) {

  private static final int BINS = 10;

  /** Copies the lists. */
  public RunFindings {
    rows = List.copyOf(rows);
    nearest = nearest.stream().map(List::copyOf).toList();
  }

  /**
   * A word near a soft token.
   *
   * @param word as the vocabulary has it
   * @param cosine of the angle between both vectors
   */
  public record Neighbour(String word, double cosine) {}

  /** Whether it was asked about data, or is reported by what its training left alone. */
  public boolean isAsked() {
    return !rows.isEmpty();
  }

  /** Whether its probabilities mean what they say; empty where answers have none. */
  public Optional<Calibration> calibration() {
    List<AnsweredRow> known =
        rows.stream().filter(row -> !Double.isNaN(row.probability())).toList();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    double[] confidence = known.stream().mapToDouble(AnsweredRow::probability).toArray();
    boolean[] right = new boolean[known.size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = known.get(i).wanted().equals(known.get(i).answered());
    }
    return Optional.of(Calibration.of(confidence, right, BINS));
  }

  /** The errors that it was surest of, or whose score is lowest. */
  public List<AnsweredRow> worst(int most) {
    return rows.stream()
        .filter(row -> row.score() < 1)
        .sorted(
            Comparator.comparingDouble(AnsweredRow::score)
                .thenComparingDouble(
                    row -> Double.isNaN(row.probability()) ? 0 : -row.probability()))
        .limit(most)
        .toList();
  }

  /** Rows by their length, with how good the answers are. */
  public List<LengthBand> byLength(int bands) {
    return LengthBand.of(
        rows.stream().mapToInt(AnsweredRow::words).toArray(),
        rows.stream().mapToDouble(AnsweredRow::score).toArray(),
        bands);
  }
}
