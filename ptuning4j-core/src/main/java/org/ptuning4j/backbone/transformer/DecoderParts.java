package org.ptuning4j.backbone.transformer;

import java.util.List;
import org.ptuning4j.backbone.layer.TransformerLayer;
import org.ptuning4j.backbone.layer.norm.Norm;

/**
 * The half of an encoder–decoder that writes. Its words are embedded as the encoder's are.
 *
 * @param layers from the input on; each attends to the source
 * @param finalNorm after the last layer
 */
public record DecoderParts(List<TransformerLayer> layers, Norm finalNorm) {

  /** Copies the list, and checks that each layer attends to a source. */
  public DecoderParts {
    layers = List.copyOf(layers);
    if (layers.stream().anyMatch(layer -> layer.source().isEmpty())) {
      throw new IllegalArgumentException("a decoder's layer without attention to the source");
    }
  }
}
