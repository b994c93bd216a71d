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
 * @param decayPerEpoch the factor on the learning rate after each epoch, above 0 and below 1; 1
 *     where it falls to 0 in a straight line over the run instead
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
    String source,
    double decayPerEpoch) {

  /** Settings with linear decay, as for (Super)GLUE. */
  public Preset(
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
    this(
        task,
        modelClass,
        batch,
        learningRate,
        promptLength,
        epochs,
        dropout,
        projection,
        maxLength,
        source,
        1);
  }

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
    if (!(decayPerEpoch > 0 && decayPerEpoch <= 1)) {
      throw InvalidInputException.of(
          "decayPerEpoch is %s, must be above 0 and at most 1", decayPerEpoch);
    }
  }

  /** Whether the learning rate falls by a factor after each epoch, and not in a straight line. */
  public boolean decaysByEpoch() {
    return decayPerEpoch < 1;
  }

  private static void requirePositive(String field, double value) {
    if (!(value > 0)) {
      throw InvalidInputException.of("%s is %s, must be above 0", field, value);
    }
  }
}
