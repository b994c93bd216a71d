package org.ptuning4j.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How long trials are, so that several fit the time.
 *
 * @param epochs of a whole run
 * @param trainRows the rows that are trained on; null for all
 * @param allRows how many there are
 * @param secondsPerRow of training
 * @param evaluationSeconds of one evaluation
 * @param startSeconds of a process, until it trains
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Pace(
    int epochs,
    @JsonProperty("train_rows") Integer trainRows,
    @JsonProperty("all_rows") int allRows,
    @JsonProperty("seconds_per_row") double secondsPerRow,
    @JsonProperty("evaluation_seconds") double evaluationSeconds,
    @JsonProperty("start_seconds") double startSeconds) {

  /**
   * The part of the time that a whole run may take: a search that has not found anything better
   * than what it began with has trained that for most of the time.
   */
  private static final double PART = 0.6;

  /** A trial goes on twice, in a process of its own each time. */
  private static final int STARTS = 3;

  /** Fewer epochs tell little, more are seldom needed. */
  private static final int LEAST_EPOCHS = 3;

  private static final int MOST_EPOCHS = 30;

  private static final int LEAST_ROWS = 200;

  /**
   * Fits runs into a time: as many epochs over all rows as there is time for; where that is too
   * few, fewer rows.
   *
   * @param seconds that the search has
   */
  static Pace fitting(
      double seconds,
      int allRows,
      double secondsPerRow,
      double evaluationSeconds,
      double startSeconds) {
    double run = Math.max(seconds * PART - STARTS * startSeconds, seconds * PART / 2);
    double epoch = allRows * secondsPerRow + evaluationSeconds;
    int epochs = (int) Math.max(LEAST_EPOCHS, Math.min(MOST_EPOCHS, Math.floor(run / epoch)));
    Integer rows = null;
    if (run / epoch < LEAST_EPOCHS) {
      double fit = (run / LEAST_EPOCHS - evaluationSeconds) / secondsPerRow;
      int most = (int) Math.min(allRows, Math.max(LEAST_ROWS, fit));
      rows = most < allRows ? most : null;
    }
    return new Pace(epochs, rows, allRows, secondsPerRow, evaluationSeconds, startSeconds);
  }
}
