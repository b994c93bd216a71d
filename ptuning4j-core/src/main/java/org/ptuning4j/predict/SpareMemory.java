package org.ptuning4j.predict;

import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.tensor.engine.Machine;

/**
 * What a process holds and no longer uses. The C library keeps freed memory for the next tensor;
 * beside a large model so much of it collects, in pieces between what lives on, that it is worth
 * some milliseconds to give it back.
 */
final class SpareMemory {

  /** The values of a model from which on that is done. */
  private static final long LARGE = 100_000_000;

  private SpareMemory() {}

  /** After a model was read: objects are collected, too. */
  static void releaseAfterLoading(Backbone backbone) {
    if (backbone.parameterCount() > LARGE) {
      Machine.releaseUnused();
    }
  }

  /** After a batch of texts, whose keys and values are no longer needed. */
  static void releaseAfterWriting(Backbone backbone) {
    if (backbone.parameterCount() > LARGE) {
      Machine.releaseFreed();
    }
  }
}
