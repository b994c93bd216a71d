package org.ptuning4j.backbone;

import java.util.Set;
import org.ptuning4j.tensor.engine.Engine;

/** A family of model architectures: how a folder of its checkpoints becomes a {@link Backbone}. */
public interface BackboneFamily {

  /** The values of {@code model_type} in {@code config.json} that it reads. */
  Set<String> modelTypes();

  /**
   * Loads a checkpoint.
   *
   * @param trainable whether the weights are to be trained (full fine-tuning); they are then held
   *     in fp32
   * @throws org.ptuning4j.InvalidInputException if a tensor is missing, unexpected or of the wrong
   *     shape; the message names it
   */
  Backbone load(ModelFolder folder, Engine engine, boolean trainable);

  /**
   * The sizes that a folder's configuration asks for. Only {@code config.json} is read: of pooler
   * and language-model head, which files may lack, it says that there are none.
   *
   * @throws org.ptuning4j.InvalidInputException if a field is missing, unusable, or asks for what
   *     is not computed
   */
  BackboneSpec spec(ModelFolder folder);

  /** Which way the tokens of its models see a text. */
  default Direction direction() {
    return Direction.BIDIRECTIONAL;
  }

  /**
   * What the checkpoint has to hold, for {@code ptune inspect}; nothing is read but the files'
   * headers.
   */
  WeightReport inspect(ModelFolder folder);

  /**
   * Whether the checkpoint has a language-model head that fits it; nothing is read but the files'
   * headers. A family that cannot tell before a model is loaded says that it has.
   */
  default boolean hasLanguageModel(ModelFolder folder) {
    return true;
  }
}
