package org.ptuning4j.train;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Parameter;

/**
 * What a data set asks of a model: a head, a loss for its batches, and metrics. The trainer knows
 * no more of it.
 */
interface Objective extends AutoCloseable {

  /** The head's parameters. */
  List<Parameter> parameters();

  /** The tokens of each training row. */
  int[] lengths();

  /** The number of rows evaluated. */
  int evaluationRows();

  /**
   * The mean loss of a batch, a scalar with its graph.
   *
   * @param rows indices of training rows
   */
  Tensor loss(Pass pass, int[] rows);

  /** Evaluates the model. */
  Evaluation evaluate(Pass pass);

  /** The metric that decides which evaluation is the best. */
  String primaryMetric();

  /** The loss of a model that only knows how frequent the answers are. */
  double blindLoss();

  @Override
  void close();

  /**
   * The outcome of an evaluation.
   *
   * @param loss the mean loss
   * @param metrics each metric's value by its name
   * @param onlyAnswer the answer given to every row, if it is always the same; else null
   */
  record Evaluation(double loss, Map<String, Double> metrics, String onlyAnswer) {}
}
