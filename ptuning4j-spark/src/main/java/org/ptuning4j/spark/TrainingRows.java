package org.ptuning4j.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.spark.row.RowLines;
import org.ptuning4j.spark.row.RowValues;
import org.ptuning4j.spark.training.FileBundle;
import org.ptuning4j.spark.training.TrainingStage;

/**
 * The rows of a data frame, in two files: to train on and to evaluate on.
 *
 * @param values reads a row
 * @param evaluated the column that is true on rows to evaluate on; empty to choose by content
 * @param share of the rows to evaluate on where no column says which, above 0 and below 1
 */
record TrainingRows(RowValues values, String evaluated, double share) {

  /** As many places as {@link RowLines#place} gives. */
  private static final double PLACES = 0x1.0p32;

  /** Checks the share. */
  TrainingRows {
    if (evaluated.isEmpty() && !(share > 0 && share < 1)) {
      throw InvalidInputException.of("validationShare: %s must lie in (0, 1)", share);
    }
  }

  FileBundle files(List<Row> rows) {
    List<String> train = new ArrayList<>();
    List<String> dev = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> named = new LinkedHashMap<>(values.of(row));
      Object said = named.remove(evaluated);
      String line = RowLines.line(named);
      (evaluates(said, line) ? dev : train).add(line);
    }
    if (train.isEmpty() || dev.isEmpty()) {
      throw InvalidInputException.of(
          "of %d rows %d are to be trained on and %d to be evaluated on (%s); both are needed",
          rows.size(),
          train.size(),
          dev.size(),
          evaluated.isEmpty() ? "validationShare " + share : "column " + evaluated);
    }
    return new FileBundle(
        Map.of(TrainingStage.TRAIN, RowLines.file(train), TrainingStage.DEV, RowLines.file(dev)));
  }

  private boolean evaluates(Object said, String line) {
    if (evaluated.isEmpty()) {
      return RowLines.place(line) / PLACES < share;
    }
    if (said instanceof Boolean truth) {
      return truth;
    }
    throw InvalidInputException.of(
        "validationIndicatorCol: column '%s' holds %s where true or false is needed",
        evaluated, said == null ? "nothing" : "'" + said + "'");
  }
}
