package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Takes the columns that are read out of a tensor. */
final class Columns {

  private Columns() {}

  /** {@code [B, n, H] → [B, m, H]}; the same tensor where all are read. */
  static Tensor of(Engine engine, Tensor x, ReadColumns read) {
    if (read.isAll()) {
      return x;
    }
    if (read.isSameInAllRows()) {
      // Of rows that are not side by side libtorch's products would copy the weights for each.
      return x.narrow(1, read.column(0, 0), 1).contiguous();
    }
    long[] flat = read.flat();
    Tensor index = engine.place(Tensors.of(flat, flat.length), Dtype.I64);
    return x.reshape(-1, x.size(2)).index_select(0, index).unsqueeze(1);
  }
}
