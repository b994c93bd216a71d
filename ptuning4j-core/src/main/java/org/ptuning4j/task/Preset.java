package org.ptuning4j.task;

import org.ptuning4j.InvalidInputException;

/**
 * Settings of P-tuning v2 that are known to work for a task and a model.
 *
 * @param task the task's name
 * @param modelClass the models it was found with
 * @param batch rows per batch
 * @param learningRate the peak of the schedule
 * @param promptLength P, virtual tokens per layer
 * @param epochs passes over the training data; the best one on dev counts
 * @param dropout of the prompt and of the frozen model in training, 0 to below 1
 * @param projection whether the prompt is made by an MLP in training
 * @param maxLength tokens of text, special ones included
 * @param source where it is published
 */
public record Preset(
    String task,
    ModelClass modelClass,
    int batch,
    double learningRate,
    int promptLength,
    int epochs,
    double dropout,
    boolean projection,
    int maxLength,
    String source) {

  /** Checks the ranges. */
  public Preset {
    requirePositive("batch", batch);
    requirePositive("learningRate", learningRate);
    requirePositive("promptLength", promptLength);
    requirePositive("epochs", epochs);
    requirePositive("maxLength", maxLength);
    if (!(dropout >= 0 && dropout < 1)) {
      throw InvalidInputException.of("dropout is %s, must be at least 0 and below 1", dropout);
    }
  }

  private static void requirePositive(String field, double value) {
    if (!(value > 0)) {
      throw InvalidInputException.of("%s is %s, must be above 0", field, value);
    }
  }
}
