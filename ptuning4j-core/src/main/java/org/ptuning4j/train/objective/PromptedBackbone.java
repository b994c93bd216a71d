package org.ptuning4j.train.objective;

import java.util.Optional;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Recomputation;

/**
 * A backbone with the prompt in training, as an {@link Objective} runs it.
 *
 * @param backbone the model that is run
 * @param prompt what is injected
 * @param dropout where masks come from; off in evaluation
 * @param rates how much is dropped within the backbone
 * @param recomputation what computes layers a second time in the backward pass; empty for the
 *     ordinary way
 */
public record PromptedBackbone(
    Backbone backbone,
    PromptModule prompt,
    Dropout dropout,
    DropoutRates rates,
    Optional<Recomputation> recomputation) {

  /** A pass in the ordinary way. */
  public PromptedBackbone(
      Backbone backbone, PromptModule prompt, Dropout dropout, DropoutRates rates) {
    this(backbone, prompt, dropout, rates, Optional.empty());
  }

  /** Runs a batch through prompt and backbone. */
  BackboneOutput forward(TokenBatch tokens, Positions positions) {
    ForwardOptions options =
        new ForwardOptions(positions, false, KeysAndValues.NONE, dropout, rates, recomputation);
    return backbone.forward(tokens, prompt.inject(tokens, dropout), options);
  }

  /**
   * Whether the backbone gives the same states for a row in every pass of the run: nothing of it or
   * before it is trained, and nothing is dropped within it.
   */
  public boolean isFrozen() {
    boolean dropping = dropout.isOn() && rates.any();
    return prompt.addsNothing() && backbone.parameters().isEmpty() && !dropping;
  }

  /** The same with layers that are computed a second time in the backward pass. */
  public PromptedBackbone recomputing(Recomputation tape) {
    return new PromptedBackbone(backbone, prompt, dropout, rates, Optional.of(tape));
  }

  /** The same without dropout. */
  public PromptedBackbone evaluating() {
    return new PromptedBackbone(backbone, prompt, Dropout.off(), DropoutRates.NONE);
  }
}
