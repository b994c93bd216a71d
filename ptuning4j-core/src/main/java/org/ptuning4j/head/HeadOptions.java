package org.ptuning4j.head;

import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;

/**
 * What a user and a backbone say about a head.
 *
 * @param spec the backbone's sizes
 * @param input what heads over whole sequences read; empty to let the checkpoint decide
 * @param dropout the rate on the head's input in training
 */
public record HeadOptions(BackboneSpec spec, Optional<SequenceInput> input, double dropout) {

  /** What heads over whole sequences read. */
  public SequenceInput inputOrDefault() {
    return input.orElseGet(() -> SequenceInput.byDefault(spec));
  }
}
