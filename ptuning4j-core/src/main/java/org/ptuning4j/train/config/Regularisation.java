package org.ptuning4j.train.config;

import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.Values;

/**
 * What is added to the loss in training, and to it alone: evaluations have the plain loss.
 *
 * @param labelSmoothing the part of each target that is spread evenly over all classes, in [0, 1)
 *     (Szegedy et al., arXiv 1512.00567, section 7); 0 for none
 * @param rDrop how much the difference between two passes with different dropout counts (R-Drop,
 *     arXiv 2106.14448), 0 or more; 0 for one pass
 */
public record Regularisation(double labelSmoothing, double rDrop) {

  /** The part of each target that is spread over all classes. */
  public static final Setting<Double> LABEL_SMOOTHING =
      Setting.of(
          "label-smoothing",
          Values.shares(),
          0d,
          "The part of each right answer that is spread evenly over all answers in training.");

  /** The weight of the difference between two passes. */
  public static final Setting<Double> R_DROP =
      Setting.of(
          "r-drop",
          Values.fromNumber(0),
          0d,
          "Pass each batch twice, with different dropout, and add the difference between what both"
              + " answer, times this, to the loss. A step takes twice as long.");

  /** None. */
  public static final Regularisation NONE = new Regularisation(0, 0);

  /** Checks the ranges. */
  public Regularisation {
    LABEL_SMOOTHING.require(labelSmoothing);
    R_DROP.require(rDrop);
  }

  /** Whether there is any. */
  public boolean isNone() {
    return labelSmoothing == 0 && rDrop == 0;
  }
}
