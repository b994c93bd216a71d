package org.ptuning4j.cli.predict;

import java.util.Map;
import org.ptuning4j.predict.Request;

/**
 * One row to predict on.
 *
 * @param line its line in the input, from 1; 0 for a text of the command line
 * @param ids what the row calls itself, by name: its id, or several numbers that tell it from
 *     others
 * @param request the question
 */
record PredictionRow(int line, Map<String, Object> ids, Request request) {}
