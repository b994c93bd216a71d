package org.ptuning4j.prompt;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;

/** A prompt in training: its parameters, and what they add to a pass. */
public interface PromptModule extends AutoCloseable {

  /** What is trained. */
  List<Parameter> parameters();

  /**
   * What the prompt adds to a pass over a batch; gradients flow back into the parameters.
   *
   * @param batch the batch; its soft places, if any, are for {@link PromptMethod#inputTokens}
   * @param dropout where dropout masks come from; {@link Dropout#off} in evaluation
   */
  Injection inject(TokenBatch batch, Dropout dropout);

  /** What {@link #untouchedLayers} is of a prompt that adds nothing to any layer. */
  int ALL = Integer.MAX_VALUE;

  /**
   * How many of the layers next to the input it leaves as they are, so that a frozen backbone's
   * states there are the same in every epoch; {@link #ALL} if it adds nothing at all. Moving a
   * text's positions up does not count, as long as it is by the same in every pass.
   */
  default int untouchedLayers() {
    return 0;
  }

  /**
   * The prompt as it is saved and served: without re-parameterisation, independent of this module,
   * closed by the caller. Empty for methods without a prompt.
   */
  Optional<TrainedPrompt> flatten();

  /**
   * Takes an earlier prompt as its start, as far as it reaches: the first of its virtual tokens
   * where it is longer, and the initial values for the rest where it is shorter.
   *
   * @throws InvalidInputException if the method cannot start from such a prompt
   */
  default void startFrom(TrainedPrompt earlier) {
    throw new InvalidInputException(
        "start-from: this method has nothing that could start from an earlier prompt");
  }

  @Override
  void close();
}
