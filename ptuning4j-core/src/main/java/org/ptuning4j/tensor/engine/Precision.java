package org.ptuning4j.tensor.engine;

import java.util.List;
import java.util.Locale;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;

/**
 * The precision of the frozen backbone. What is trained, the loss and the optimiser are always
 * fp32.
 */
public enum Precision {
  /** Decided by the machine: bf16 where it has instructions for it, else fp32. */
  AUTO,
  /** IEEE 754 binary32. */
  FP32,
  /** bfloat16 weights and activations. */
  BF16,
  /**
   * Matrices of the layers and what they are multiplied with in 8 bits; all else as in {@link
   * #FP32}. It answers and does not train.
   */
  INT8;

  /** Those that a backbone can be trained or prompted in. */
  public static List<Precision> forTraining() {
    return List.of(AUTO, FP32, BF16);
  }

  /**
   * The element type of the backbone's states; {@link #AUTO} has none until an {@link Engine}
   * resolves it.
   */
  public Dtype dtype() {
    return switch (this) {
      case AUTO -> throw new IllegalStateException("auto is resolved by Engine.open");
      case FP32, INT8 -> Dtype.F32;
      case BF16 -> Dtype.BF16;
    };
  }

  /** As it is written on the command line: auto, fp32, bf16, int8. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads what {@link #label} writes. */
  public static Precision parse(String text) {
    for (Precision precision : values()) {
      if (precision.label().equals(text)) {
        return precision;
      }
    }
    throw InvalidInputException.of("precision: '%s' is not one of auto, fp32, bf16, int8", text);
  }
}
