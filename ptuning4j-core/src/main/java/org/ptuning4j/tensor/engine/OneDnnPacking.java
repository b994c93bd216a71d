package org.ptuning4j.tensor.engine;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Operator;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** oneDNN's blocked order, for fp32 and bf16. */
final class OneDnnPacking implements Packing {

  /** For how many rows the order is to be good; that of any number serves the others, too. */
  private static final long ROWS = 128;

  /** Nothing is done with a product afterwards: no function, no scalars, no algorithm. */
  private final List<IValue> plainly =
      List.of(
          Operator.kept(() -> Operator.text("none")),
          Operator.kept(Operator::noNumbers),
          Operator.kept(() -> Operator.text("")));

  private final Operator reorder;
  private final Operator linear;

  private OneDnnPacking(Operator reorder, Operator linear) {
    this.reorder = reorder;
    this.linear = linear;
  }

  /**
   * Where this libtorch and this processor have it for a type: empty without oneDNN, and where it
   * has no products of that type.
   */
  static Optional<Packing> of(Dtype dtype) {
    if (!Context.hasMKLDNN()) {
      return Optional.empty();
    }
    try {
      OneDnnPacking packing =
          new OneDnnPacking(
              Operator.of("mkldnn::_reorder_linear_weight", ""),
              Operator.of("mkldnn::_linear_pointwise", ""));
      packing.tryOut(dtype);
      return Optional.of(packing);
    } catch (RuntimeException e) { // what libtorch throws where it lacks the operator or the type
      return Optional.empty();
    }
  }

  private void tryOut(Dtype dtype) {
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor ones = Tensors.of(new float[] {1, 1, 1, 1}, 2, 2).to(dtype.scalarType());
                  try (Packed packed = pack(ones)) {
                    return Tensors.floats(packed.product(ones, Optional.empty()));
                  }
                }));
  }

  @Override
  public Packed pack(Tensor plain) {
    return new Blocked(
        Scope.own(
            () -> reorder.tensorOf(Operator.tensor(plain.contiguous()), Operator.integer(ROWS))));
  }

  /** A matrix in blocks. */
  private final class Blocked implements Packed {

    private final Tensor blocks; // [out, in], opaque

    Blocked(Tensor blocks) {
      this.blocks = blocks;
    }

    @Override
    public Tensor product(Tensor x, Optional<Tensor> bias) {
      return Scope.keep(
          () ->
              linear.tensorOf(
                  Operator.tensor(x),
                  Operator.tensor(blocks),
                  bias.map(Operator::tensor).orElseGet(Operator::none),
                  plainly.get(0),
                  plainly.get(1),
                  plainly.get(2)));
    }

    @Override
    public Tensor plain() {
      return blocks.to_dense();
    }

    @Override
    public void close() {
      Scope.release(blocks);
    }
  }
}
