package org.ptuning4j.head;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.tensor.RandomStream;

/** What a head is, without its weights. */
public interface HeadSpec {

  /** Its kind in packs, such as {@code sequence}. */
  String kind();

  /** The number of its own trained values over a frozen backbone. */
  long parameterCount(BackboneSpec spec);

  /**
   * Makes sure that a backbone has what the head reads.
   *
   * @throws org.ptuning4j.InvalidInputException if not; the message names what is missing and what
   *     to use instead
   */
  void requireFit(BackboneSpec spec, String model);

  /**
   * Whether it reads the backbone's language model, whose own weights are trained with the
   * backbone.
   */
  default boolean usesLanguageModel() {
    return false;
  }

  /**
   * What of a backbone the items' rows go through, and so what a prompt can change: what reads
   * alone where no words are asked for.
   */
  default BackboneSpec passed(BackboneSpec spec) {
    return usesLanguageModel() ? spec : spec.reading();
  }

  /** A head with initial weights. */
  Head create(Backbone backbone, RandomStream random);

  /**
   * A head with the values that {@link Head#saved} gave.
   *
   * @throws org.ptuning4j.InvalidInputException if a tensor is missing or of another shape
   */
  Head restore(Backbone backbone, Map<String, Tensor> values);

  /** What is saved of it, and read again by its kind's reader: plain values by name. */
  Map<String, Object> settings();
}
