package org.ptuning4j.predict;

import java.util.Optional;
import org.ptuning4j.head.Head;
import org.ptuning4j.prompt.form.TrainedPrompt;

/**
 * A prompt with its head, loaded: all that a task is answered with, or one of an ensemble.
 *
 * @param prompt the prompt, if the method has one
 * @param head the head
 */
record ServedMember(Optional<TrainedPrompt> prompt, Head head) implements AutoCloseable {

  /** What it takes in native memory. */
  long bytes() {
    return prompt.map(TrainedPrompt::bytes).orElse(0L) + head.bytes();
  }

  /** How many layers next to the input are as they are without the prompt. */
  int untouchedLayers(int withoutPrompt) {
    return prompt.map(TrainedPrompt::untouchedLayers).orElse(withoutPrompt);
  }

  /** By how much it moves the positions of a text up. */
  int positionShift() {
    return prompt.map(TrainedPrompt::positionShift).orElse(0);
  }

  @Override
  public void close() {
    prompt.ifPresent(TrainedPrompt::close);
    head.close();
  }
}
