package org.ptuning4j.backbone.transformer;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.layer.DropoutPlace;
import org.ptuning4j.backbone.layer.Embeddings;
import org.ptuning4j.backbone.layer.Pooler;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.Norm;

/**
 * What a family puts together.
 *
 * @param embeddings the input of the first layer
 * @param layers the L layers from the input on; a layer that is shared is there several times
 * @param finalNorm after the last layer, as families with norms before their parts have it
 * @param pooler over what stands for a text, where the checkpoint has one
 * @param dropped where states are dropped in training
 * @param decoder what writes; empty where the layers do all
 */
public record TransformerParts(
    Embeddings embeddings,
    List<TransformerLayer> layers,
    Optional<Norm> finalNorm,
    Optional<Pooler> pooler,
    Set<DropoutPlace> dropped,
    Optional<DecoderParts> decoder) {

  /** Layers that do all. */
  public TransformerParts(
      Embeddings embeddings,
      List<TransformerLayer> layers,
      Optional<Norm> finalNorm,
      Optional<Pooler> pooler,
      Set<DropoutPlace> dropped) {
    this(embeddings, layers, finalNorm, pooler, dropped, Optional.empty());
  }

  /** Copies the collections. */
  public TransformerParts {
    layers = List.copyOf(layers);
    dropped = Set.copyOf(dropped);
  }
}
