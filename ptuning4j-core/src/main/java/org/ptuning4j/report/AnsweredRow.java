package org.ptuning4j.report;

import java.util.List;

/**
 * A row of the evaluation data with a run's answer.
 *
 * @param place where it is in the file, for people
 * @param texts what the model read
 * @param wanted the right answer, as text
 * @param answered the run's, as text
 * @param probability of the answer; NaN where there is none
 * @param score of this row alone, 0 to 1
 */
public record AnsweredRow(
    String place,
    List<String> texts,
    String wanted,
    String answered,
    double probability,
    double score) {

  /** Copies the list. */
  public AnsweredRow {
    texts = List.copyOf(texts);
  }

  /** The words of all texts. */
  public int words() {
    return texts.stream().mapToInt(text -> text.strip().split("\\s+").length).sum();
  }
}
