package org.ptuning4j.head.linear;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Dtype;

/**
 * The tokens that items name, through one layer.
 *
 * @param layer the layer's name
 * @param dropout the rate before it in training
 */
record TokenReading(String layer, double dropout) implements LinearReading {

  @Override
  public Positions positions() {
    return Positions.ALL;
  }

  @Override
  public Tensor scores(HeadInput input, HeadWeights weights) {
    Tensor read = input.backbone().engine().place(input.reads(), Dtype.F32); // [N, H]
    return weights.linear(layer, input.dropout().apply(read, dropout));
  }

  @Override
  public int[] counts(List<Item> items) {
    return ScoresByItem.reads(items);
  }
}
