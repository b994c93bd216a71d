package org.ptuning4j.prompt;

import java.util.Map;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.RandomStream;

/**
 * What is trained, and where it enters: one record per method. A method knows the sizes of a
 * backbone ({@link BackboneSpec}) and nothing of its family; what it adds to a forward pass is an
 * {@link org.ptuning4j.backbone.Injection}.
 */
public sealed interface PromptMethod permits PTuningV2, HeadOnly, FullFineTuning {

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
  PromptModule create(BackboneSpec spec, Engine engine, RandomStream random);

  /** How many of the backbone's positions the method takes from the text. */
  default int positionShift() {
    return 0;
  }

  /** The learning rates that usually work for it. */
  LearningRates learningRates();

  /** The settings, by name, for results and packs. */
  Map<String, Object> settings();
}
