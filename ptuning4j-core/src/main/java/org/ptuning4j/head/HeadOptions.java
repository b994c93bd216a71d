package org.ptuning4j.head;

import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;

/**
 * What a user and a backbone say about a head.
 *
 * @param spec the backbone's sizes
 * @param input what heads over whole sequences read; empty to let the checkpoint decide
 * @param dropout the rate on the head's input in training
 * @param tags what scores the tags of words
 */
public record HeadOptions(
    BackboneSpec spec, Optional<SequenceInput> input, double dropout, TagHead tags) {

  /** With each word's tag by itself. */
  public HeadOptions(BackboneSpec spec, Optional<SequenceInput> input, double dropout) {
    this(spec, input, dropout, TagHead.SOFTMAX);
  }

  /** What heads over whole sequences read. */
  public SequenceInput inputOrDefault() {
    return input.orElseGet(() -> SequenceInput.byDefault(spec));
  }
}
