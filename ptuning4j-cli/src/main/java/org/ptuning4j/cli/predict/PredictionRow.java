package org.ptuning4j.cli.predict;

import java.util.Map;
import org.ptuning4j.data.Source;
import org.ptuning4j.predict.Request;

/**
 * One row to predict on.
 *
 * @param source its place in the input, with what the row calls itself
 * @param request the question
 */
record PredictionRow(Source source, Request request) {

  /** A text that comes from no file. */
  static PredictionRow ofText(Request request) {
    return new PredictionRow(new Source(0, 0, Map.of()), request);
  }
}
