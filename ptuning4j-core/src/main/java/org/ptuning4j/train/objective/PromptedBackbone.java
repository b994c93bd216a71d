package org.ptuning4j.train.objective;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Layers;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Recomputation;

/**
 * A backbone with the prompt in training, as an {@link Objective} runs it.
 *
 * <p>The layers below the lowest one that carries a prompt are not trained. As long as nothing is
 * dropped in them they give the same states for a row in every pass: {@link #frozenLayers}.
 *
 * @param backbone the model that is run
 * @param prompt what is injected
 * @param dropout where masks come from; off in evaluation
 * @param rates how much is dropped within the backbone
 * @param dropsBelow whether the layers below the prompt drop states and probabilities too, or only
 *     those from the prompt on
 * @param recomputation what computes layers a second time in the backward pass; empty for the
 *     ordinary way
 */
public record PromptedBackbone(
    Backbone backbone,
    PromptModule prompt,
    Dropout dropout,
    DropoutRates rates,
    boolean dropsBelow,
    Optional<Recomputation> recomputation) {

  /** A pass in the ordinary way, with dropout in every layer. */
  public PromptedBackbone(
      Backbone backbone, PromptModule prompt, Dropout dropout, DropoutRates rates) {
    this(backbone, prompt, dropout, rates, true, Optional.empty());
  }

  /**
   * How many layers next to the input give the same states for a row in every pass of the run: they
   * are not trained, nothing of the prompt is in them, and nothing is dropped in them. All of the
   * backbone's if nothing but a head is trained.
   */
  public int frozenLayers() {
    boolean dropping = dropsBelow && isDropping();
    if (dropping || !backbone.parameters().isEmpty()) {
      return 0;
    }
    int all = backbone.spec().layers();
    int untouched = Math.min(prompt.untouchedLayers(), all);
    // Of a model with two halves only the last states are ever known.
    boolean halves = backbone.spec().readingLayers() < all;
    return halves && untouched < all ? 0 : untouched;
  }

  /** Whether the whole backbone gives the same states for a row in every pass of the run. */
  public boolean isFrozen() {
    return frozenLayers() == backbone.spec().layers();
  }

  private boolean isDropping() {
    return dropout.isOn() && rates.any();
  }

  /** Runs a batch through prompt and backbone; {@code [B, m, H]}. */
  Tensor forward(TokenBatch tokens, Positions positions) {
    if (!isDropping() || frozenLayers() == 0) {
      return pass(tokens, dropping(positions));
    }
    if (isFrozen()) {
      return evaluating().forward(tokens, positions);
    }
    int below = frozenLayers();
    Tensor states = Autograd.withoutGraph(() -> lowest(tokens, below));
    return above(tokens, below, states, positions);
  }

  /**
   * The states that the lowest layers give, without dropout; {@code [B, n, H]}.
   *
   * @param layers no more than {@link #frozenLayers} and fewer than the backbone has
   */
  Tensor lowest(TokenBatch tokens, int layers) {
    PromptedBackbone pass = evaluating();
    return pass.pass(tokens, pass.dropping(Positions.ALL).of(new Layers.Lowest(layers)));
  }

  /**
   * Runs a batch through the other layers.
   *
   * @param layers how many layers next to the input gave the states
   * @param states {@code [B, n, H]}, without a graph
   */
  Tensor above(TokenBatch tokens, int layers, Tensor states, Positions positions) {
    return pass(tokens, dropping(positions).of(new Layers.Above(layers, states)));
  }

  /** By how much the prompt moves a batch's texts up. */
  int shift(TokenBatch tokens) {
    return prompt.inject(tokens, Dropout.off()).shift(0);
  }

  private ForwardOptions dropping(Positions positions) {
    ForwardOptions options = new ForwardOptions(positions, false, dropout, rates);
    return recomputation.map(options::recomputing).orElse(options);
  }

  private Tensor pass(TokenBatch tokens, ForwardOptions options) {
    return backbone.forward(tokens, prompt.inject(tokens, dropout), options).lastHidden();
  }

  /** The same with layers that are computed a second time in the backward pass. */
  public PromptedBackbone recomputing(Recomputation tape) {
    return new PromptedBackbone(backbone, prompt, dropout, rates, dropsBelow, Optional.of(tape));
  }

  /** The same without dropout. */
  public PromptedBackbone evaluating() {
    return new PromptedBackbone(backbone, prompt, Dropout.off(), DropoutRates.NONE);
  }
}
