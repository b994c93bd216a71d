package org.ptuning4j.onnx;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A weight as an exporter leaves it.
 *
 * @param constant its elements
 * @param transposed whether they are transposed, compared with checkpoints
 */
record ExportedWeight(OnnxConstant constant, boolean transposed) {

  List<Long> shape() {
    List<Long> shape = constant.shape();
    return transposed && shape.size() == 2 ? List.of(shape.get(1), shape.get(0)) : shape;
  }

  static ExportedWeight of(LinearMap map) {
    return new ExportedWeight(map.weight(), map.transposed());
  }

  /** Whether another matrix holds the same, to the bit. */
  boolean equalTo(ExportedWeight other) {
    boolean alike =
        shape().size() == 2
            && shape().equals(other.shape())
            && constant.weightType() == other.constant.weightType();
    if (!alike) {
      return false;
    }
    int size = constant.weightType().bytes();
    ByteBuffer one = constant.bytes();
    ByteBuffer two = other.constant.bytes();
    int rows = Math.toIntExact(shape().get(0));
    int columns = Math.toIntExact(shape().get(1));
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int at = size * place(transposed, row, column, rows, columns);
        int its = size * place(other.transposed, row, column, rows, columns);
        if (!one.slice(at, size).equals(two.slice(its, size))) {
          return false;
        }
      }
    }
    return true;
  }

  private static int place(boolean transposed, int row, int column, int rows, int columns) {
    return transposed ? column * rows + row : row * columns + column;
  }
}
