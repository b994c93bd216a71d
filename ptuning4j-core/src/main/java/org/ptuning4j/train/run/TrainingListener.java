package org.ptuning4j.train.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ptuning4j.train.objective.Preparation;

/**
 * Is told of the course of a run, from the thread that trains. Every method does nothing unless
 * overridden.
 */
public interface TrainingListener {

  /**
   * What is about to be trained.
   *
   * @param method the method's name
   * @param trainableParameters the number of trained values
   * @param totalParameters these and all frozen ones
   * @param trainingExamples rows in the training data
   * @param evaluationExamples rows in the evaluation data
   * @param totalSteps optimiser steps of the whole run
   * @param firstStep the steps already made, if the run is resumed
   * @param precision the backbone's precision and why
   * @param device where it runs, and with which kernels
   */
  record Start(
      String method,
      long trainableParameters,
      long totalParameters,
      int trainingExamples,
      int evaluationExamples,
      int totalSteps,
      int firstStep,
      String precision,
      String device) {}

  /**
   * What is not computed again in every epoch.
   *
   * @param layers how many layers next to the input, the prompt being above them
   * @param allLayers how many the model has
   * @param kept the states that they give, of each data set
   * @param seconds what computing them took; little where an earlier run had left them
   */
  record ComputedOnce(int layers, int allLayers, List<Preparation.Kept> kept, double seconds) {

    /** Copies the list. */
    public ComputedOnce {
      kept = List.copyOf(kept);
    }
  }

  /**
   * One optimiser step.
   *
   * @param step its number, from 1
   * @param totalSteps of the whole run
   * @param epoch its epoch, from 1
   * @param loss the mean loss of its batches
   * @param learningRate that it was made with
   * @param examples rows in it
   * @param examplesPerSecond the speed of the run so far, evaluations apart
   */
  record Step(
      int step,
      int totalSteps,
      int epoch,
      double loss,
      double learningRate,
      int examples,
      double examplesPerSecond) {}

  /**
   * One evaluation.
   *
   * @param epoch the epoch, from 1
   * @param step steps made
   * @param trainLoss the mean training loss since the last evaluation
   * @param devLoss the mean loss on the evaluation data
   * @param metrics each metric's value by its name; one that is undefined here is missing
   * @param primary the metric that decides
   * @param best whether it is the best so far
   * @param ofAverage whether the figures are those of the moving average of the trained values,
   *     which are better than those of the values themselves
   * @param seconds of training so far
   */
  record Evaluated(
      int epoch,
      int step,
      double trainLoss,
      double devLoss,
      Map<String, Double> metrics,
      String primary,
      boolean best,
      boolean ofAverage,
      double seconds) {}

  /** A listener that does nothing. */
  static TrainingListener silent() {
    return new TrainingListener() {};
  }

  /** The run begins. */
  default void started(Start start) {}

  /** States were computed that the whole run uses. */
  default void computedOnce(ComputedOnce once) {}

  /** The run decided something that was left to it. */
  default void decided(Decision decision) {}

  /** A step was made. */
  default void stepped(Step step) {}

  /** The model was evaluated. */
  default void evaluated(Evaluated evaluation) {}

  /** The model has a peculiarity with which the run goes on. Comes before anything is trained. */
  default void remarked(String remark) {}

  /** What the run makes of model and data where nothing was said; nothing is wrong. */
  default void noted(String note) {}

  /**
   * The run's state was written, so that it can go on from here.
   *
   * @param step the steps made
   */
  default void saved(int step) {}

  /** Something looks wrong; the run goes on. */
  default void warned(String message) {}

  /** The run is over, or was stopped. */
  default void finished(TrainingResult result, Path folder) {}
}
