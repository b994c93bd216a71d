package org.ptuning4j.cli.predict;

import org.ptuning4j.predict.Request;

/**
 * One row to predict on.
 *
 * @param line its line in the input, from 1; 0 for a text of the command line
 * @param id what the row calls itself, or {@code null}
 * @param request the question
 */
record PredictionRow(int line, Object id, Request request) {}
