package org.ptuning4j.cli.demo;

import java.util.List;

/**
 * A classification task of the built-in demo with its data, all written by this project.
 *
 * @param name short name, also the stem of the task's file names
 * @param description what the model has to decide, one sentence for the demo's output
 * @param textColumns names of the one or two text columns
 * @param labelColumn name of the label column
 * @param labels the labels' names, in alphabetical order
 * @param train rows to train on, as many of each label, shuffled
 * @param dev rows to evaluate on, as many of each label, shuffled; none of them occurs in train,
 *     and many have words, subjects or sentence patterns that train does not have
 * @param samples a few handwritten rows, in neither train nor dev, to predict at the demo's end
 */
public record DemoTask(
    String name,
    String description,
    List<String> textColumns,
    String labelColumn,
    List<String> labels,
    List<DemoRow> train,
    List<DemoRow> dev,
    List<DemoRow> samples) {

  /**
   * Copies the lists and checks that every row fits the columns and labels.
   *
   * @throws IllegalArgumentException when a row has another number of texts than there are text
   *     columns, or a label that is not listed
   */
  public DemoTask {
    textColumns = List.copyOf(textColumns);
    labels = List.copyOf(labels);
    train = requireFitting("train", train, textColumns, labels);
    dev = requireFitting("dev", dev, textColumns, labels);
    samples = requireFitting("samples", samples, textColumns, labels);
  }

  private static List<DemoRow> requireFitting(
      String field, List<DemoRow> rows, List<String> columns, List<String> labels) {
    for (DemoRow row : rows) {
      if (row.texts().size() != columns.size()) {
        throw new IllegalArgumentException(
            field + ": row " + row + " must have one text for each of the columns " + columns);
      }
      if (!labels.contains(row.label())) {
        throw new IllegalArgumentException(
            field + ": row " + row + " must have one of the labels " + labels);
      }
    }
    return List.copyOf(rows);
  }
}
