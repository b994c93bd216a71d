package org.ptuning4j.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/** A head that is a {@link Readout} with a loss of its own; its scores are {@code [R, k]}. */
abstract class ReadoutHead implements Head {

  private final Readout readout;
  private final int outputs;

  ReadoutHead(Readout readout, int outputs) {
    this.readout = readout;
    this.outputs = outputs;
  }

  final Engine engine() {
    return readout.backbone().engine();
  }

  @Override
  public final List<Parameter> parameters() {
    return readout.parameters();
  }

  @Override
  public final Positions reads() {
    return Positions.ANCHOR;
  }

  @Override
  public final Tensor scores(HeadInput input) {
    return readout.apply(input);
  }

  @Override
  public final List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = Ragged.rows(items);
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] *= outputs;
    }
    return Ragged.cut(scores, sizes);
  }

  @Override
  public final void close() {
    readout.close();
  }
}
