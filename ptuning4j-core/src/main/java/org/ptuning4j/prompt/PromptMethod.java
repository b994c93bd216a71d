package org.ptuning4j.prompt;

import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.settings.SettingValues;

/**
 * What is trained, and where it enters: one record per method. A method knows the sizes of a
 * backbone ({@link BackboneSpec}) and nothing of its family; what it adds to a forward pass is an
 * {@link org.ptuning4j.backbone.Injection}. A method of the caller's own is a record that
 * implements this.
 */
public interface PromptMethod {

  /** The method's name on the command line and in results. */
  String name();

  /** Whether the backbone's own weights are trained. */
  default boolean trainsBackbone() {
    return false;
  }

  /**
   * The number of trained values that the method itself has, head and backbone apart.
   *
   * @param spec the backbone's sizes
   */
  long parameterCount(BackboneSpec spec);

  /**
   * Makes the trainable module, initialised.
   *
   * @throws org.ptuning4j.InvalidInputException if the method does not fit the backbone
   */
  PromptModule create(PromptContext context);

  /**
   * By how much the positions of the text move up although it stays where it is (keys and values of
   * virtual tokens take no place, but may take positions).
   */
  default int positionShift() {
    return 0;
  }

  /**
   * P, the number of soft tokens that stand among the words at the input: where a task's template
   * has soft tokens they go there, else before the text. 0 for methods that add none.
   */
  default int inputTokens() {
    return 0;
  }

  /** Whether it means nothing without a template and words for the labels. */
  default boolean needsTemplate() {
    return false;
  }

  /** Whether it takes the template that a task comes with unless something else is asked for. */
  default boolean prefersTemplate() {
    return needsTemplate();
  }

  /** The learning rates that usually work for it. */
  LearningRates learningRates();

  /**
   * What settings come to that are left open until the model is known, in words; empty for none.
   */
  default String openRules() {
    return "";
  }

  /** The same with what is left open decided for a model. */
  default PromptMethod settledFor(BackboneSpec spec) {
    return this;
  }

  /** The values of its settings, for results and packs. */
  SettingValues settings();
}
