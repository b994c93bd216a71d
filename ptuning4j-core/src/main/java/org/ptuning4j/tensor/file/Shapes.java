package org.ptuning4j.tensor.file;

import java.util.List;
import org.ptuning4j.tensor.Dtype;

/** The sizes of shapes that come from files, where every number may be a trap. */
public final class Shapes {

  private Shapes() {}

  /**
   * The bytes of a tensor.
   *
   * @throws ArithmeticException if they do not fit; also for a shape with a zero in it whose other
   *     dimensions overflow, because libtorch computes strides from them
   */
  public static long bytes(Dtype dtype, List<Long> shape) {
    long bytes = dtype.bytes();
    boolean empty = false;
    for (long dimension : shape) {
      bytes = Math.multiplyExact(bytes, Math.max(dimension, 1));
      empty |= dimension == 0;
    }
    return empty ? 0 : bytes;
  }
}
