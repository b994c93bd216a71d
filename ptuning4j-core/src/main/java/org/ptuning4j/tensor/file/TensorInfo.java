package org.ptuning4j.tensor.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;

/**
 * What a file says of one tensor.
 *
 * @param name the tensor's name in the file
 * @param dtype its element type
 * @param shape its dimensions, outermost first; empty for a scalar
 */
public record TensorInfo(String name, Dtype dtype, List<Long> shape) {

  /** Copies the shape. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Creates the description from an array of dimensions. */
  public static TensorInfo of(String name, Dtype dtype, long... shape) {
    return new TensorInfo(name, dtype, Arrays.stream(shape).boxed().toList());
  }

  /**
   * What is said of some of its rows.
   *
   * @throws IllegalArgumentException if there are no such rows
   */
  public TensorInfo withRows(long first, long count) {
    if (shape.isEmpty() || first < 0 || count < 1 || count > shape.get(0) - first) {
      throw new IllegalArgumentException(
          "rows %d to %d of %s %s".formatted(first, first + count - 1, name, describe()));
    }
    List<Long> rows = new ArrayList<>(shape);
    rows.set(0, count);
    return new TensorInfo(name, dtype, rows);
  }

  /**
   * Makes sure that memory takes what is described.
   *
   * @throws IllegalArgumentException if its type or shape is another, or it is not in one piece
   */
  public void requireLike(Tensor target) {
    boolean fits =
        Tensors.dtype(target) == dtype
            && Arrays.equals(Tensors.shape(target), dimensions())
            && target.is_contiguous();
    if (!fits) {
      throw new IllegalArgumentException(
          "%s is %s; the memory for it is %s"
              .formatted(
                  name,
                  describe(),
                  of(name, Tensors.dtype(target), Tensors.shape(target)).describe()));
    }
  }

  /** The number of elements. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** The dimensions as libtorch takes them. */
  public long[] dimensions() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /** For example {@code F32 [30522, 768]}. */
  public String describe() {
    return dtype
        + " ["
        + shape.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + "]";
  }
}
