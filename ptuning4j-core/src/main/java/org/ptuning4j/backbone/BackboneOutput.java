package org.ptuning4j.backbone;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a forward pass gives. Tensors belong to the scope that the pass was made in.
 *
 * @param lastHidden {@code [B, n, H]}, or {@code [B, 1, H]} where only the anchors were asked for;
 *     in the backbone's type
 * @param hiddenStates the input of the first layer and the output of every layer, {@code [B, n, H]}
 *     each; empty unless asked for
 * @param past each layer's keys and values by its index, as a prefix for the texts that follow:
 *     those of prefix and text, or those of the text only, as {@link KeysAndValues} were asked for;
 *     empty unless they were. Positions go on from those of this pass
 */
public record BackboneOutput(
    Tensor lastHidden, List<Tensor> hiddenStates, Map<Integer, LayerPrefix> past) {

  /** Copies the list. */
  public BackboneOutput {
    hiddenStates = List.copyOf(hiddenStates);
    past = Map.copyOf(past);
  }

  /** States without what goes on from them. */
  public BackboneOutput(Tensor lastHidden, List<Tensor> hiddenStates) {
    this(lastHidden, hiddenStates, Map.of());
  }

  /** The first column's state, {@code [B, H]}: the anchor's where only anchors were asked for. */
  public Tensor first() {
    return lastHidden.select(1, 0);
  }
}
