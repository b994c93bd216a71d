package org.ptuning4j.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.ptuning4j.tensor.file.TensorMemory;

/** Tensors from and to plain numbers, for assertions. */
public final class TensorValues {

  private TensorValues() {}

  /** A contiguous tensor of the given type; the values are rounded to it. */
  public static Tensor tensor(Dtype dtype, long[] shape, double... values) {
    return Scope.keep(
        () -> {
          Tensor doubles = TensorMemory.allocate(Dtype.F64, shape);
          if (values.length > 0) {
            TensorMemory.bytes(doubles, 0, 8L * values.length)
                .order(ByteOrder.nativeOrder())
                .asDoubleBuffer()
                .put(values);
          }
          return dtype == Dtype.F64 ? doubles : doubles.to(dtype.scalarType());
        });
  }

  public static List<Double> doubles(Tensor tensor) {
    ByteBuffer bytes = contents(tensor, ScalarType.Double);
    List<Double> values = new ArrayList<>();
    while (bytes.hasRemaining()) {
      values.add(bytes.getDouble());
    }
    return values;
  }

  public static List<Long> longs(Tensor tensor) {
    ByteBuffer bytes = contents(tensor, ScalarType.Long);
    List<Long> values = new ArrayList<>();
    while (bytes.hasRemaining()) {
      values.add(bytes.getLong());
    }
    return values;
  }

  /** The tensor's own bytes, in the order of its elements. */
  public static byte[] bytes(Tensor tensor) {
    ByteBuffer buffer = contents(tensor, tensor.scalar_type());
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  public static List<Long> shape(Tensor tensor) {
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < tensor.dim(); i++) {
      shape.add(tensor.size(i));
    }
    return shape;
  }

  public static List<Double> list(double... values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static ByteBuffer contents(Tensor tensor, ScalarType type) {
    byte[] copy =
        Scope.run(
            () -> {
              Tensor plain = tensor.detach().to(type).contiguous();
              byte[] bytes = new byte[(int) plain.nbytes()];
              if (bytes.length > 0) {
                TensorMemory.bytes(plain, 0, bytes.length).get(bytes);
              }
              return bytes;
            });
    return ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
  }
}
