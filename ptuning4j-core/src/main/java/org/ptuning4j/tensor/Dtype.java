package org.ptuning4j.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ptuning4j.InvalidInputException;

/**
 * The element types that checkpoints hold, with their safetensors names, sizes and libtorch types.
 */
public enum Dtype {
  /** IEEE 754 binary64. */
  F64(8, ScalarType.Double),
  /** IEEE 754 binary32. */
  F32(4, ScalarType.Float),
  /** IEEE 754 binary16. */
  F16(2, ScalarType.Half),
  /** bfloat16: the upper half of a binary32. */
  BF16(2, ScalarType.BFloat16),
  /** Signed 64-bit integers. */
  I64(8, ScalarType.Long),
  /** Signed 32-bit integers. */
  I32(4, ScalarType.Int),
  /** Signed 16-bit integers. */
  I16(2, ScalarType.Short),
  /** Signed 8-bit integers. */
  I8(1, ScalarType.Char),
  /** Unsigned 8-bit integers. */
  U8(1, ScalarType.Byte),
  /** One byte per truth value. */
  BOOL(1, ScalarType.Bool);

  private final int bytes;
  private final ScalarType scalarType;

  Dtype(int bytes, ScalarType scalarType) {
    this.bytes = bytes;
    this.scalarType = scalarType;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** libtorch's name for this type. */
  public ScalarType scalarType() {
    return scalarType;
  }

  /** Whether the type is a floating-point one. */
  public boolean isFloatingPoint() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** The constant for libtorch's type. */
  public static Dtype of(ScalarType type) {
    for (Dtype dtype : values()) {
      // JavaCPP returns a new object from every native call, not the enum's constant.
      if (dtype.scalarType.value == type.value) {
        return dtype;
      }
    }
    throw InvalidInputException.of(
        "dtype %s is not supported; supported: F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL",
        type.intern());
  }
}
