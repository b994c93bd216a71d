package org.ptuning4j.prompt;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;

/** A prompt in training: its parameters, and what they add to a pass. */
public interface PromptModule extends AutoCloseable {

  /** What is trained. */
  List<Parameter> parameters();

  /**
   * What the prompt adds to a pass over a batch; gradients flow back into the parameters.
   *
   * @param rows B
   * @param dropout where dropout masks come from; {@link Dropout#off} in evaluation
   */
  Injection inject(int rows, Dropout dropout);

  /**
   * The prompt as it is saved and served: without re-parameterisation, independent of this module,
   * closed by the caller. Empty for methods without a prompt.
   */
  Optional<DeepPrompt> flatten();

  @Override
  void close();
}
