package org.ptuning4j.backbone.transformer;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.layer.SourceColumns;

/**
 * What one layer is computed of.
 *
 * @param states {@code [B, n, H]}
 * @param prefix the layer's prefix
 * @param offsets what the prompt adds to the states at its soft tokens
 * @param source what a decoder's layer attends to of a source
 */
record LayerInput(
    Tensor states,
    Optional<LayerPrefix> prefix,
    Optional<InputVectors> offsets,
    Optional<SourceColumns> source) {

  /** The input of a layer, counted from 0. */
  static LayerInput of(int layer, Tensor states, Injection injection) {
    Optional<InputVectors> offsets =
        Optional.ofNullable(injection.offsets().get(layer))
            .map(vectors -> new InputVectors(injection.inputs().orElseThrow().index(), vectors));
    return new LayerInput(states, injection.prefix(layer), offsets, Optional.empty());
  }

  /** The input of a decoder's layer. */
  static LayerInput ofDecoder(Tensor states, Optional<LayerPrefix> prefix, SourceColumns source) {
    return new LayerInput(states, prefix, Optional.empty(), Optional.of(source));
  }

  /** Everything that may have a graph. */
  List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>(List.of(states));
    prefix.ifPresent(each -> tensors.addAll(each.tensors()));
    offsets.ifPresent(each -> tensors.add(each.vectors()));
    source.flatMap(SourceColumns::states).ifPresent(tensors::add);
    source.flatMap(SourceColumns::prefix).ifPresent(each -> tensors.addAll(each.tensors()));
    return tensors;
  }

  /** The same of other tensors, in the order of {@link #tensors}. */
  LayerInput with(List<Tensor> tensors) {
    Iterator<Tensor> next = tensors.iterator();
    return new LayerInput(
        next.next(),
        prefix.map(each -> with(each, next)),
        offsets.map(each -> new InputVectors(each.index(), next.next())),
        source.map(
            each ->
                new SourceColumns(
                    each.states().map(states -> next.next()),
                    each.padding(),
                    each.prefix().map(before -> with(before, next)))));
  }

  private static LayerPrefix with(LayerPrefix prefix, Iterator<Tensor> next) {
    return new LayerPrefix(
        next.next(),
        next.next(),
        prefix.mask().map(mask -> next.next()),
        Optional.empty(),
        prefix.separate().map(each -> with(each, next)));
  }
}
