package org.ptuning4j.train.objective;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.head.Loss;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.train.batching.BatchWeights;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.exchange.GradientExchange;

/**
 * What data sets ask of a model: heads, a loss for their batches, and metrics. The trainer knows no
 * more of them.
 */
public interface Objective extends AutoCloseable {

  /** The heads' parameters. */
  List<Parameter> parameters();

  /** The size of each training row in tokens. */
  int[] lengths();

  /** The number of examples trained on. */
  int trainingExamples();

  /** The number of examples evaluated. */
  int evaluationExamples();

  /** The batches of an epoch, from 0; each is an array of training rows. */
  default List<int[]> plan(Batching batching, long seed, int epoch) {
    return batching.plan(lengths(), seed, epoch);
  }

  /**
   * Computes once what all later passes of a run share, as far as there is room for it.
   *
   * @param pass as in training
   * @param epochs how often each training row is passed
   * @param store where it is kept
   */
  Preparation prepare(PromptedBackbone pass, int epochs, StateStore store);

  /**
   * The loss of a batch, with its graph.
   *
   * @param rows indices of training rows
   */
  Loss loss(PromptedBackbone pass, int[] rows);

  /** The weight of each of a step's batches in the step's loss. */
  BatchWeights weights(List<int[]> batches);

  /** Why the data makes the figures doubtful, a sentence each. */
  List<String> doubts();

  /**
   * Evaluates the model.
   *
   * @param exchange connects the workers that share the evaluation; each has the whole result
   */
  Evaluation evaluate(PromptedBackbone pass, GradientExchange exchange);

  /** The metric that decides which evaluation is the best. */
  String primaryMetric();

  /**
   * The loss of a model that only knows how frequent the answers are; NaN where it is undefined.
   */
  double blindLoss();

  @Override
  void close();

  /**
   * The outcome of an evaluation.
   *
   * @param loss the mean loss, over all terms of all rows however they were grouped
   * @param metrics the value of each metric that has one, by its name
   * @param undefined the names of the metrics that this evaluation leaves undefined
   * @param oneAnswer the answer to every row, if it is the same for all and should not be
   */
  record Evaluation(
      double loss,
      Map<String, Double> metrics,
      Set<String> undefined,
      Optional<OneAnswer> oneAnswer) {

    /** The metric of that name; empty where it is undefined. */
    public OptionalDouble metric(String name) {
      Double value = metrics.get(name);
      if (value == null && !undefined.contains(name)) {
        throw InvalidInputException.of(
            "metric: the task decides by '%s'; its metrics are %s", name, metrics.keySet());
      }
      return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
  }

  /**
   * Of an evaluation whose answers are all the same although the right ones are not.
   *
   * @param text the answer
   * @param commonest the share of the evaluation data that the commonest right answer has, 0 to 1:
   *     what a model reaches that always says the same
   */
  record OneAnswer(String text, double commonest) {}
}
