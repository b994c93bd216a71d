package org.ptuning4j.head.linear;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;

/**
 * Each row at its anchor, through the layers that a {@link LinearHeadSpec} names.
 *
 * @param input what is read there
 * @param dropout the rate before each layer in training
 */
record AnchorReading(SequenceInput input, double dropout) implements LinearReading {

  @Override
  public Positions positions() {
    return Positions.ANCHOR;
  }

  @Override
  public Tensor scores(HeadInput from, HeadWeights weights) {
    Tensor state = from.anchors(); // [R, H]
    return switch (input) {
      case POOLER ->
          linear(LinearHeadSpec.NAME, from.backbone().pool(state), from.dropout(), weights);
      case FIRST_TOKEN, LAST_TOKEN ->
          linear(LinearHeadSpec.NAME, fp32(state, from), from.dropout(), weights);
      case DENSE -> {
        Tensor dense =
            torch.tanh(linear(LinearHeadSpec.DENSE, fp32(state, from), from.dropout(), weights));
        yield linear(LinearHeadSpec.OUT, dense, from.dropout(), weights);
      }
    };
  }

  private Tensor linear(String layer, Tensor x, Dropout masks, HeadWeights weights) {
    return weights.linear(layer, masks.apply(x, dropout));
  }

  private static Tensor fp32(Tensor x, HeadInput from) {
    return from.backbone().engine().place(x, Dtype.F32);
  }

  @Override
  public int[] counts(List<Item> items) {
    return ScoresByItem.rows(items);
  }
}
