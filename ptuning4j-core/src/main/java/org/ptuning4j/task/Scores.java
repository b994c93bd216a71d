package org.ptuning4j.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How good answers are.
 *
 * @param metrics each metric's value by its name, 0 to 1, the deciding one first
 * @param tables what else there is to look at: scores of each label, what was taken for what
 */
public record Scores(Map<String, Double> metrics, List<Table> tables) {

  /**
   * A table.
   *
   * @param title what it shows
   * @param header the columns
   * @param rows the cells, row by row
   */
  public record Table(String title, List<String> header, List<List<String>> rows) {

    /** Copies the lists. */
    public Table {
      header = List.copyOf(header);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /** Copies the collections. */
  public Scores {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    tables = List.copyOf(tables);
  }

  /** Metrics alone. */
  public static Scores of(Map<String, Double> metrics) {
    return new Scores(metrics, List.of());
  }
}
