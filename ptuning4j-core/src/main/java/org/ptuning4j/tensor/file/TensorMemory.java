package org.ptuning4j.tensor.file;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;

/** The memory of contiguous CPU tensors, as files fill and write it. */
public final class TensorMemory {

  private TensorMemory() {}

  /** A new contiguous CPU tensor with undefined contents. */
  public static Tensor allocate(Dtype dtype, long... dimensions) {
    return torch.empty(
        dimensions, new TensorOptions(dtype.scalarType()), new MemoryFormatOptional());
  }

  /**
   * A view of a part of a contiguous CPU tensor's bytes. It is valid for as long as the caller
   * keeps the tensor.
   *
   * @param tensor a contiguous CPU tensor
   * @param offset where the part begins, in bytes
   * @param length how many bytes, at least 1 and at most {@link Integer#MAX_VALUE}
   */
  public static ByteBuffer bytes(Tensor tensor, long offset, long length) {
    BytePointer memory = new BytePointer(tensor.data_ptr());
    return memory.getPointer(BytePointer.class, offset).capacity(length).asByteBuffer();
  }
}
