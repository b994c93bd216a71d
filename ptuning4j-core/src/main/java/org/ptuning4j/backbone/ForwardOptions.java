package org.ptuning4j.backbone;

import java.util.Optional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Recomputation;

/**
 * How one forward pass is to be done.
 *
 * @param positions which positions of the last layer that is computed are wanted
 * @param allHiddenStates whether the states between the layers are wanted too (then all positions
 *     are computed)
 * @param keysAndValues which keys and values of each layer are wanted too
 * @param dropout where dropout masks come from; {@link Dropout#off} in evaluation
 * @param rates how much is dropped
 * @param recomputation keeps only the layers' inputs, and computes the layers a second time in the
 *     backward pass; empty for the ordinary way. Excludes states between the layers and keys and
 *     values
 * @param layers which layers are computed; if not all, no states between the layers and no keys and
 *     values are to be had
 */
public record ForwardOptions(
    Positions positions,
    boolean allHiddenStates,
    KeysAndValues keysAndValues,
    Dropout dropout,
    DropoutRates rates,
    Optional<Recomputation> recomputation,
    Layers layers,
    Optional<PrefixMass> mass) {

  /**
   * Checks that no more is wanted than the last states where layers are computed twice, or not all
   * of them.
   */
  public ForwardOptions {
    if (recomputation.isPresent() && (allHiddenStates || keysAndValues != KeysAndValues.NONE)) {
      throw new IllegalArgumentException(
          "layers that are computed twice give their last states only");
    }
    if (!(layers instanceof Layers.All)
        && (allHiddenStates || keysAndValues != KeysAndValues.NONE)) {
      throw new IllegalArgumentException("some of the layers give their last states only");
    }
  }

  /** Which layers of a backbone a pass computes. */
  public sealed interface Layers {

    /** Every layer. */
    record All() implements Layers {}

    /**
     * The layers next to the input. The pass gives their states as the next layer reads them,
     * without a final norm; of the last of them, those that are wanted.
     *
     * @param count how many, at least 1 and fewer than the backbone has
     */
    record Lowest(int count) implements Layers {}

    /**
     * The layers above the lowest ones, whose states are known.
     *
     * @param count how many are known, at least 1 and fewer than the backbone has
     * @param states what they give, {@code [B, n, H]}; no gradient flows into them
     */
    record Above(int count, Tensor states) implements Layers {}

    /**
     * Some of the layers above the lowest ones, whose states are known. The pass gives their states
     * as the next layer reads them.
     *
     * @param count how many are known, at least 1
     * @param states what they give, {@code [B, n, H]}; no gradient flows into them
     * @param end how many layers there are below the first that is not computed: more than are
     *     known, and fewer than the backbone has
     */
    record Between(int count, Tensor states, int end) implements Layers {}
  }

  /** Which positions of the last layer a head reads; the others are not computed. */
  public enum Positions {
    /** Each row's anchor only: {@code [B, 1, H]}. */
    ANCHOR,
    /** All of them: {@code [B, n, H]}. */
    ALL
  }

  /** The output of the last layer, and nothing else of the pass. */
  public ForwardOptions(
      Positions positions, boolean allHiddenStates, Dropout dropout, DropoutRates rates) {
    this(
        positions,
        allHiddenStates,
        KeysAndValues.NONE,
        dropout,
        rates,
        Optional.empty(),
        new Layers.All(),
        Optional.empty());
  }

  /** Evaluation: nothing is dropped. */
  public static ForwardOptions evaluation(Positions positions) {
    return new ForwardOptions(positions, false, Dropout.off(), DropoutRates.NONE);
  }

  /** Training with the given dropout. */
  public static ForwardOptions training(
      Positions positions, Dropout dropout, double hiddenRate, double attentionRate) {
    return new ForwardOptions(
        positions, false, dropout, DropoutRates.of(hiddenRate, attentionRate));
  }

  /** The same, with all hidden states. */
  public ForwardOptions withAllHiddenStates() {
    return new ForwardOptions(
        Positions.ALL, true, keysAndValues, dropout, rates, recomputation, layers, mass);
  }

  /**
   * The same, with the keys and values of each layer, to go on from: {@link KeysAndValues#PAST}.
   */
  public ForwardOptions withKeysAndValues() {
    return with(KeysAndValues.PAST);
  }

  /** The same, with other keys and values of each layer. */
  public ForwardOptions with(KeysAndValues wanted) {
    return new ForwardOptions(
        positions, allHiddenStates, wanted, dropout, rates, recomputation, layers, mass);
  }

  /** The same with layers that are computed a second time in the backward pass. */
  public ForwardOptions recomputing(Recomputation tape) {
    return new ForwardOptions(
        positions, allHiddenStates, keysAndValues, dropout, rates, Optional.of(tape), layers, mass);
  }

  /** The same for some of the layers. */
  public ForwardOptions of(Layers some) {
    return new ForwardOptions(
        positions, allHiddenStates, keysAndValues, dropout, rates, recomputation, some, mass);
  }

  /** The same with masks from elsewhere. */
  public ForwardOptions with(Dropout masks) {
    return new ForwardOptions(
        positions, allHiddenStates, keysAndValues, masks, rates, recomputation, layers, mass);
  }

  /** The same where it is measured how much of the attention is on prefixes. */
  public ForwardOptions measuring(PrefixMass wanted) {
    return new ForwardOptions(
        positions,
        allHiddenStates,
        keysAndValues,
        dropout,
        rates,
        recomputation,
        layers,
        Optional.of(wanted));
  }

  /** Whether keys and values are kept with room for what follows: where no gradient is wanted. */
  public boolean keepsRoom() {
    return keysAndValues == KeysAndValues.PAST && !GradMode.is_enabled();
  }
}
