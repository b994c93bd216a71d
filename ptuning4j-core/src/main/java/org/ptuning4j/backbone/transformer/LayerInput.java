package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.LayerPrefix;

/**
 * What one layer is computed of.
 *
 * @param states {@code [B, n, H]}
 * @param prefix the layer's prefix
 * @param offsets what the prompt adds to the states at its soft tokens
 */
record LayerInput(Tensor states, Optional<LayerPrefix> prefix, Optional<InputVectors> offsets) {

  /** The input of a layer, counted from 0. */
  static LayerInput of(int layer, Tensor states, Injection injection) {
    Optional<InputVectors> offsets =
        Optional.ofNullable(injection.offsets().get(layer))
            .map(vectors -> new InputVectors(injection.inputs().orElseThrow().index(), vectors));
    return new LayerInput(states, injection.prefix(layer), offsets);
  }

  /** Everything that may have a graph. */
  List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>(List.of(states));
    prefix.ifPresent(each -> tensors.addAll(List.of(each.key(), each.value())));
    prefix.flatMap(LayerPrefix::mask).ifPresent(tensors::add);
    offsets.ifPresent(each -> tensors.add(each.vectors()));
    return tensors;
  }

  /** The same of other tensors, in the order of {@link #tensors}. */
  LayerInput with(List<Tensor> tensors) {
    return new LayerInput(
        tensors.get(0),
        prefix.map(
            each ->
                new LayerPrefix(
                    tensors.get(1), tensors.get(2), each.mask().map(mask -> tensors.get(3)))),
        offsets.map(each -> new InputVectors(each.index(), tensors.get(tensors.size() - 1))));
  }
}
