package org.ptuning4j.predict;

import java.util.Optional;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.head.SequenceHead;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.DeepPrompt;
import org.ptuning4j.task.SequenceClassificationTask;

/**
 * A pack, loaded.
 *
 * @param name its name in the predictor
 * @param pack the pack
 * @param task what it answers
 * @param backbone the shared trunk, or its own after full fine-tuning
 * @param ownsBackbone whether the trunk is its own
 * @param prompt the prompt, if the method has one
 * @param head the head
 */
record ServedTask(
    String name,
    Pack pack,
    SequenceClassificationTask task,
    Backbone backbone,
    boolean ownsBackbone,
    Optional<DeepPrompt> prompt,
    SequenceHead head)
    implements AutoCloseable {

  @Override
  public void close() {
    prompt.ifPresent(DeepPrompt::close);
    head.close();
    if (ownsBackbone) {
      backbone.close();
    }
  }
}
