package org.ptuning4j.predict;

import java.util.Map;

/**
 * What a task says of one input.
 *
 * @param task the task's name in the predictor
 * @param label the most probable label, as the training data writes it
 * @param name what to call it
 * @param probabilities each label's probability, in the order of the head's outputs
 */
public record Prediction(
    String task, String label, String name, Map<String, Double> probabilities) {

  /** The probability of the label. */
  public double probability() {
    return probabilities.get(label);
  }
}
