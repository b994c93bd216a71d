package org.ptuning4j.cli.predict;

import java.util.Map;
import org.ptuning4j.data.Source;

/**
 * Counts what each line of an input holds, so that an answer can be matched to its row. Rows come
 * in the order of the input, those that cannot be used among them.
 */
final class LinePlaces {

  private Source last = new Source(0, 0, Map.of());
  private int place;

  /** The row's place among those of its line, counted from 0. */
  int next(Source row) {
    if (row.line() != last.line()) {
      place = Math.max(0, row.part() - 1);
    } else if (row.isOfSameRecord(last)) {
      place += row.part() - last.part();
    } else {
      place += Math.max(1, row.part());
    }
    last = row;
    return place;
  }
}
