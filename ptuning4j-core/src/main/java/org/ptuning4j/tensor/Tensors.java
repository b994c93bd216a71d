package org.ptuning4j.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Between Java's arrays and libtorch's tensors. */
public final class Tensors {

  private Tensors() {}

  /** An fp32 CPU tensor with a copy of the values, in row-major order. */
  public static Tensor of(float[] values, long... shape) {
    check(values.length, shape);
    Tensor tensor =
        torch.empty(shape, new TensorOptions(ScalarType.Float), new MemoryFormatOptional());
    if (values.length > 0) {
      new FloatPointer(tensor.data_ptr()).put(values, 0, values.length);
    }
    return tensor;
  }

  /** An int64 CPU tensor with a copy of the values, in row-major order. */
  public static Tensor of(long[] values, long... shape) {
    check(values.length, shape);
    Tensor tensor =
        torch.empty(shape, new TensorOptions(ScalarType.Long), new MemoryFormatOptional());
    if (values.length > 0) {
      new LongPointer(tensor.data_ptr()).put(values, 0, values.length);
    }
    return tensor;
  }

  /** The values of a tensor of any floating-point type and device, in row-major order. */
  public static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    Scope.run(
        () -> {
          Tensor plain = tensor.detach().to(cpu(), ScalarType.Float).contiguous();
          if (values.length > 0) {
            new FloatPointer(plain.data_ptr()).get(values, 0, values.length);
          }
        });
    return values;
  }

  /** The values of an integer tensor on any device, in row-major order. */
  public static long[] longs(Tensor tensor) {
    long[] values = new long[Math.toIntExact(tensor.numel())];
    Scope.run(
        () -> {
          Tensor plain = tensor.detach().to(cpu(), ScalarType.Long).contiguous();
          if (values.length > 0) {
            new LongPointer(plain.data_ptr()).get(values, 0, values.length);
          }
        });
    return values;
  }

  /** The dimensions of a tensor. */
  public static long[] shape(Tensor tensor) {
    long[] shape = new long[Math.toIntExact(tensor.dim())];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.size(i);
    }
    return shape;
  }

  /** The element type of a tensor. */
  public static Dtype dtype(Tensor tensor) {
    return Dtype.of(tensor.scalar_type());
  }

  /** Tensors joined along one dimension. */
  public static Tensor cat(long dimension, Tensor... tensors) {
    return torch.cat(new TensorVector(tensors), dimension);
  }

  /** The bytes of its values. */
  public static long bytes(Tensor tensor) {
    return tensor.numel() * dtype(tensor).bytes();
  }

  /** The tensors of a libtorch list. */
  public static List<Tensor> list(TensorVector vector) {
    List<Tensor> tensors = new ArrayList<>();
    for (long i = 0; i < vector.size(); i++) {
      tensors.add(vector.get(i));
    }
    return tensors;
  }

  private static org.bytedeco.pytorch.Device cpu() {
    return new org.bytedeco.pytorch.Device("cpu");
  }

  private static void check(int values, long[] shape) {
    long wanted = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (values != wanted) {
      throw new IllegalArgumentException(
          values + " values do not fill a tensor of shape " + Arrays.toString(shape));
    }
  }
}
