package org.ptuning4j.backbone.transformer;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Tensors;

/** Whether a batch's places and an injection's vectors belong together. */
final class SoftTokenCheck {

  private SoftTokenCheck() {}

  /**
   * Checks that every soft token of the batch gets one vector and nothing else does, that the
   * shapes fit, and that the anchors lie within their rows.
   *
   * @throws IllegalArgumentException if not
   */
  static void check(TokenBatch tokens, Injection injection, BackboneSpec spec) {
    for (int row = 0; row < tokens.rows(); row++) {
      int anchor = tokens.anchors()[row];
      if (anchor < 0 || anchor >= tokens.columns()) {
        throw new IllegalArgumentException(
            "row " + row + " has its anchor at " + anchor + " of " + tokens.columns() + " columns");
      }
    }
    long[] places = tokens.softPlaces();
    long[] filled = injection.inputs().map(InputVectors::index).orElse(new long[0]).clone();
    Arrays.sort(filled);
    if (!Arrays.equals(places, filled)) {
      throw new IllegalArgumentException(
          "the batch has soft tokens at "
              + shown(places)
              + ", the injection vectors for "
              + shown(filled));
    }
    injection
        .inputs()
        .ifPresent(
            soft -> checkShape("inputs", soft.vectors(), places.length, spec.embeddingWidth()));
    injection
        .offsets()
        .forEach(
            (layer, offsets) -> {
              if (layer < 1 || layer >= spec.readingLayers()) {
                throw new IllegalArgumentException(
                    "offsets of layer " + layer + "; there are 1 to " + (spec.readingLayers() - 1));
              }
              checkShape("offsets of layer " + layer, offsets, places.length, spec.hidden());
            });
  }

  private static void checkShape(String what, Tensor tensor, long... expected) {
    if (!Arrays.equals(Tensors.shape(tensor), expected)) {
      throw new IllegalArgumentException(
          what
              + ": "
              + Arrays.toString(Tensors.shape(tensor))
              + "; needed is "
              + Arrays.toString(expected));
    }
  }

  private static String shown(long[] places) {
    return places.length <= 20
        ? Arrays.toString(places)
        : places.length + " places from " + places[0];
  }
}
